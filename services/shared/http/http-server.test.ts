import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import express from 'express';
import { createMemoryStore } from '../../../test/doubles/memory-store.ts';
import { openLogger } from '../../../test/in-process.ts';
import { until } from '../../../test/until.ts';
import { Problem } from '../message/problem.ts';
import { type HttpServer, listen } from './http-server.ts';

let server: HttpServer;
before(async () => {
  server = await openLogger(createMemoryStore());
});
after(() => server.close());

/** Sends bytes as they are, and gives all that comes back until the connection ends. */
async function exchange(request: string, { andEnd = false, of = server } = {}): Promise<string> {
  const socket = connect(Number(new URL(of.url).port), '127.0.0.1');
  socket.setTimeout(3_000, () => socket.destroy());
  let answer = '';
  socket.on('data', (data) => {
    answer += data;
  });
  socket.on('error', () => {});
  socket.write(request);
  if (andEnd) socket.end();
  await once(socket, 'close');
  return answer;
}

const head = 'Host: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n';
const isProblem = (answer: string, status: number) => {
  assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
  assert.match(answer, /Content-Type: application\/problem\+json/i);
  assert.equal(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)).status, status);
};

test('what is refused early gets its problem, and the connection serves on', async (t) => {
  const app = express().use((_request, response) => void response.send('served'));
  const refuse = ({ method }: { method?: string | undefined }) =>
    method === 'POST' ? new Problem('unavailable', 'Too many.') : undefined;
  const busy = await listen(app, { host: '127.0.0.1', port: 0, refuse });
  t.after(() => busy.close());
  const post = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\n\r\n${'x'.repeat(200_000)}`;
  const get = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
  for (const request of [post, post.replace('\r\n', '\r\nExpect: x\r\n')])
    assert.match(
      await exchange(request + get, { of: busy }),
      /^HTTP\/1.1 503 .*retry-after: 1\r\n.*"detail":"Too many\.","requestId":"[\w-]{36}".*served$/is,
    );
});

describe('what is no whole, valid HTTP request', () => {
  test('garbage: 400', async () => isProblem(await exchange('garbage\r\n\r\n'), 400));
  test('a Content-Length that is no number: 400', async () =>
    isProblem(await exchange(`POST /database/ HTTP/1.1\r\n${head}Content-Length: x\r\n\r\n`), 400));
  test('two lengths: 400', async () =>
    isProblem(
      await exchange(
        `POST /database/ HTTP/1.1\r\n${head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      ),
      400,
    ));
  test('header fields over 16 KiB: 431', async () =>
    isProblem(await exchange(`GET / HTTP/1.1\r\n${head}X: ${'x'.repeat(20_000)}\r\n\r\n`), 431));
  test('a body shorter than its Content-Length is not stored', async () => {
    const answer = await exchange(
      `POST /database/ HTTP/1.1\r\n${head}Content-Length: 500\r\n\r\n{"UUID":"0198c0de-0000-7000-8000-000000000001","msg":"a"}`,
      { andEnd: true },
    );
    assert.doesNotMatch(answer, /^HTTP\/1.1 (2|5)/);
    assert.equal(await (await fetch(`${server.url}/database/`)).text(), '\n');
  });
  test('a body longer than its Content-Length: the rest is no part of it', async () => {
    const answer = await exchange(`POST /database/ HTTP/1.1\r\n${head}Content-Length: 2\r\n\r\n{}{"UUID":1}`);
    assert.match(answer, /^HTTP\/1.1 400 /);
  });
  test('HTTP/1.0 is answered', async () =>
    assert.match(
      await exchange('GET /database/ HTTP/1.0\r\nHost: localhost\r\n\r\n'),
      /^HTTP\/1.1 200 [\s\S]*\r\n\r\n\n$/,
    ));
});

describe('valid, but nothing that Node passes on or answers well by itself', () => {
  test('CONNECT: 405', async () => isProblem(await exchange(`CONNECT localhost:80 HTTP/1.1\r\n${head}\r\n`), 405));
  test('no Host: 400, but taken in HTTP/1.0', async () =>
    isProblem(await exchange('GET /database/ HTTP/1.1\r\nConnection: close\r\n\r\n'), 400));
  test('an unknown expectation is passed over', async () =>
    assert.match(await exchange(`GET /health/live HTTP/1.1\r\n${head}Expect: x\r\n\r\n`), /^HTTP\/1.1 200 /));
  test('no header field is left out, however many there are', async () => {
    const answer = await exchange(
      `GET /health/live HTTP/1.1\r\n${head}${'a:\r\n'.repeat(3_000)}X-Request-Id: last\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1.1 200 [\s\S]*X-Request-Id: last\r\n/);
  });
});

describe('bytes that are no HTTP, behind a request that is not answered yet', () => {
  let slow: HttpServer;
  before(async () => {
    const app = express();
    app.get('/late', (_request, response) => void setTimeout(() => response.send('late'), 200));
    app.get('/long', (_request, response) => {
      response.write('first,');
      setTimeout(() => response.end('last'), 200);
    });
    slow = await listen(app, { host: '127.0.0.1', port: 0 });
  });
  after(() => slow.close());
  for (const [path, whole, fields] of [
    ['/late', '\r\n\r\nlate', ''],
    ['/late', '\r\n\r\nlate', 'Expect: x\r\n'],
    ['/long', 'first,\r\n4\r\nlast\r\n0\r\n\r\n', ''],
  ] as const) {
    test(`are answered behind it: ${path} ${fields}`, async () => {
      const answer = await exchange(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n\0garbage`, { of: slow });
      const [first, second] = answer.split(/(?<!^)(?=HTTP\/1)/);
      assert.ok(first?.startsWith('HTTP/1.1 200 ') && first.endsWith(whole), answer);
      isProblem(second ?? '', 400);
    });
  }
});

test('an answer that waits behind another one is told that its connection has closed', async (t) => {
  const app = express();
  app.get('/', () => {}); // never answered
  let closed = 0;
  app.get('/behind', (_request, response) => void response.on('close', () => closed++));
  const stuck = await listen(app, { host: '127.0.0.1', port: 0 });
  t.after(() => stuck.close());
  const socket = connect(Number(new URL(stuck.url).port), '127.0.0.1');
  socket.write(['/', '/behind', '/behind'].map((path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(''));
  await pause(100);
  assert.equal(closed, 0);
  socket.destroy();
  await until('both are told', 10_000, async () => closed >= 2);
  await pause(50);
  assert.equal(closed, 2);
});

test('a caller that never closes its half of a connection does not hold it', async () => {
  const socket = connect({ port: Number(new URL(server.url).port), host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  socket.resume().write('garbage\r\n\r\n');
  await once(socket, 'end');
  // What is written to a closed connection breaks it on this side as well.
  const writing = setInterval(() => socket.write('x'), 100);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const late = pause(10_000, null, { ref: false }).then(() => assert.fail('it is still open'));
  await Promise.race([closed, late]).finally(() => clearInterval(writing));
});

describe('on loopback', () => {
  test('a request for another host name (DNS rebinding) is refused: 421', async () =>
    isProblem(await exchange('GET /database/ HTTP/1.1\r\nHost: evil.example:7001\r\nConnection: close\r\n\r\n'), 421));
  for (const host of ['localhost:7001', '127.0.0.1', '[::1]:80', 'trilog.localhost']) {
    test(`${host} is taken`, async () =>
      assert.match(
        await exchange(`GET /health/live HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
        /^HTTP\/1.1 200 /,
      ));
  }
});

test('closing lets the answer under way end, and does not wait for idle connections', async () => {
  const app = express();
  app.get('/', (_request, response) => void setTimeout(() => response.send('done'), 300));
  app.get('/quick', (_request, response) => void response.send('quick'));
  const closing = await listen(app, { host: '127.0.0.1', port: 0 });
  await (await fetch(`${closing.url}/quick`)).text(); // leaves an idle keep-alive connection
  const unused = connect(Number(new URL(closing.url).port), '127.0.0.1');
  await once(unused, 'connect');
  const under = fetch(closing.url);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const began = performance.now();
  await closing.close();
  assert.ok(performance.now() - began < 2_000);
  assert.equal(await (await under).text(), 'done');
  await assert.rejects(fetch(closing.url));
});
