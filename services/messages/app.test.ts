import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listen } from '../shared/http/http-server.ts';
import { createSilentLog } from '../shared/observing/log.ts';
import { createMessagesApp } from './app.ts';

test('the messages service gives its text, and sends /messages on to the path with the slash', async () => {
  const app = createMessagesApp({
    name: 'messages',
    host: '127.0.0.1',
    log: createSilentLog(),
    openApi: '{}',
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  const get = (path: string) => fetch(server.url + path, { redirect: 'manual' });
  assert.equal(await (await get('/messages/')).text(), 'Hello from messages server! Not implemented.\n');
  const redirect = await get('/messages');
  assert.deepEqual([redirect.status, redirect.headers.get('location')], [301, '/messages/']);
  assert.equal((await get('/health/ready')).status, 200);
  assert.equal((await fetch(`${server.url}/messages/`, { method: 'POST' })).status, 405);
  await server.close();
});
