import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import express from 'express';
import { requestClasses } from './request-classes.ts';

test('Express finds its own prototypes, and changes none', async () => {
  const app = express();
  app.get(
    '/',
    (request, response) => void response.status(202).json({ agent: request.get('X-Agent'), app: request.app === app }),
  );
  const changed: boolean[] = [];
  const server = createServer(requestClasses(app), (request, response) => {
    const before = [request, response].map((each) => Object.getPrototypeOf(each));
    app(request, response);
    changed.push(...[request, response].map((each, index) => Object.getPrototypeOf(each) !== before[index]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { 'X-Agent': 'test' } });
    assert.deepEqual([answer.status, await answer.json()], [202, { agent: 'test', app: true }]);
    assert.deepEqual(changed, [false, false]);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
