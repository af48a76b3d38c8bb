import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:http';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import express from 'express';
import { listen } from './http-server.ts';
import { cutUntaken } from './read-answer.ts';

const UNTAKEN_MS = 200;

test('who takes nothing is cut off, but nobody who waits for more', async (t) => {
  const app = express();
  app.get('/silent', (_request, response) => {
    cutUntaken(response, UNTAKEN_MS);
    response.flushHeaders();
    setTimeout(() => response.end('at last'), 5 * UNTAKEN_MS);
  });
  app.get('/much', (_request, response) => {
    cutUntaken(response, UNTAKEN_MS);
    response.end(Buffer.alloc(64 * 1024 * 1024));
  });
  const { url, close } = await listen(app, { host: '127.0.0.1', port: 0 });
  t.after(close);
  assert.equal(await (await fetch(`${url}/silent`)).text(), 'at last');

  const [much] = await once(get(`${url}/much`), 'response');
  await pause(5 * UNTAKEN_MS);
  let bytes = 0;
  much.on('data', (piece: Buffer) => {
    bytes += piece.length;
  });
  const [error] = await once(much, 'error');
  assert.equal(error.code, 'ECONNRESET');
  assert.ok(bytes < 64 * 1024 * 1024, `${bytes} bytes`);
});
