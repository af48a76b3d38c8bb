import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createSafetyCheck } from './member-health.ts';

const waiting: ServerResponse[] = [];
let asked = 0;
let hold = false;
const server = createServer((_request, response) => {
  asked++;
  if (hold) waiting.push(response);
  else answer(response);
});
const answer = (response: ServerResponse) => response.end(JSON.stringify({ clusterSafe: true }));
let url: string;

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close().closeAllConnections());

test('an answer is kept for a second, unless a later one is wanted', async () => {
  const check = createSafetyCheck(url);
  asked = 0;
  assert.equal(await check(), true);
  assert.equal(await check(), true);
  assert.equal(asked, 1);
  assert.equal(await check(performance.now()), true);
  assert.equal(asked, 2);
  await pause(1_100);
  assert.equal(await check(), true);
  assert.equal(asked, 3);
});

test('one question at a time: while an older one is under way there is no answer', async () => {
  const check = createSafetyCheck(url);
  asked = 0;
  hold = true;
  assert.equal(await check(), undefined);
  const since = performance.now();
  assert.equal(await check(since), undefined);
  assert.equal(asked, 1);
  hold = false;
  for (const response of waiting.splice(0)) answer(response);
  await pause(50);
  assert.equal(await check(since), true);
  assert.equal(asked, 2);
});

test('without a URL, and from a server that is not there, there is no answer', async () => {
  assert.equal(await createSafetyCheck(undefined)(), undefined);
  assert.equal(await createSafetyCheck('http://127.0.0.1:1')(), undefined);
});
