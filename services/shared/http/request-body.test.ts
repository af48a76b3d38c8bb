import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { test } from 'node:test';
import express from 'express';
import { until } from '../../../test/until.ts';
import { listen } from './http-server.ts';
import { readBody } from './request-body.ts';

const MB = 1024 * 1024;

test('a body of a length that was not said counts as it is, once it is there', async (t) => {
  const answers: (() => void)[] = [];
  const app = express().post('/', readBody(MB), (_request, response) => void answers.push(() => response.end()));
  const { url, close } = await listen(app, { host: '127.0.0.1', port: 0 });
  t.after(close);
  const sent: Promise<unknown[]>[] = [];
  for (let n = 0; n < 100; n++) {
    const one = request(url, { method: 'POST', headers: { 'Transfer-Encoding': 'chunked' } });
    one.end(`small ${n}`);
    sent.push(once(one, 'response'));
    await until('it has come', 10_000, async () => answers.length === n + 1);
  }
  for (const answer of answers) answer();
  for (const [answer] of await Promise.all(sent)) assert.equal(Object(answer).statusCode, 200);
});

test('of large bodies only so many bytes are held at a time; small ones are taken all the same', async (t) => {
  const app = express().post('/', readBody(MB), (received, response) => void response.json(received.body.length));
  app.use(((error, _request, response, _next) => response.status(error.status).end()) as express.ErrorRequestHandler);
  const { url, close } = await listen(app, { host: '127.0.0.1', port: 0 });
  t.after(close);
  const post = async (bytes: number) => (await fetch(url, { method: 'POST', body: Buffer.alloc(bytes) })).status;
  assert.equal(await post(MB), 200);

  // One of each kind: what is said to come, what is not said, and what grows when it is inflated.
  const kinds = [{ 'Content-Length': MB }, {}, { 'Content-Length': 9, 'Content-Encoding': 'gzip' }];
  const stuck = Array.from({ length: 64 }, (_, n) =>
    request(url, { method: 'POST', headers: kinds[n % kinds.length] }).on('error', () => {}),
  );
  for (const one of stuck) one.write('x');
  await until('no more are taken', 10_000, async () => (await post(MB)) === 503);
  assert.equal(await post(16 * 1024), 200);

  stuck.pop()?.destroy();
  await until('there is room again', 10_000, async () => (await post(MB)) === 200);
  for (const one of stuck) one.destroy();
  const left = request(url, { method: 'POST' });
  left.end('x'.repeat(100));
  const [answer] = await once(left, 'response');
  assert.equal(answer.statusCode, 200);
});
