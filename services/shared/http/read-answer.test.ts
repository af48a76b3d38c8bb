import assert from 'node:assert/strict';
import { connect } from 'node:net';
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

  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  const cut = new Promise((resolve) => socket.once('close', resolve));
  socket.write('GET /much HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await pause(5 * UNTAKEN_MS);
  let bytes = 0;
  socket.on('data', (piece) => {
    bytes += piece.length;
  });
  await cut;
  assert.ok(bytes < 64 * 1024 * 1024, `${bytes} bytes`);
});
