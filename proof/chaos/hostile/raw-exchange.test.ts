import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { exchange } from './raw-exchange.ts';
import type { BadRequest } from './request-draft.ts';

test('an answer of 300 KB behind others on its connection is seen whole', async (t) => {
  const server = createServer((request, response) => response.end(request.url === '/' ? 'short' : 'x'.repeat(300_000)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
  const bytes = Buffer.from(get('/').repeat(3) + get('/long'));
  const request: BadRequest = { kind: 'pipelined', bytes, answers: 4, ending: 'wait' };
  const { end, answers } = await exchange(new URL(`http://127.0.0.1:${port}`), request, 2_000);
  assert.equal(end, 'answered');
  assert.deepEqual(
    answers.map(({ body }) => body.length),
    [5, 5, 5, 300_000],
  );
});
