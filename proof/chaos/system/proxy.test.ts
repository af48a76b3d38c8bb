import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, test } from 'node:test';
import { until } from '../../../test/until.ts';
import { call } from '../traffic/http-call.ts';
import { joinProxies } from './joined-proxies.ts';
import { openProxy, type SpoilingProxy } from './proxy.ts';

const TEXT = 'x'.repeat(50_000);
const agent = new Agent({ keepAlive: true });
let served: string[];
let proxy: SpoilingProxy;
let close: () => Promise<void>;

beforeEach(async () => {
  served = [];
  const server = createServer(async (request, response) => {
    served.push(`${request.method} ${request.url}`);
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    response.end(body || TEXT);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await openProxy((server.address() as AddressInfo).port);
  close = async () => {
    server.closeAllConnections();
    server.close();
    await proxy.close();
  };
});
afterEach(() => close());

function ask(path: string, body?: string, timeoutMs = 5_000) {
  const { hostname: host, port } = new URL(proxy.url);
  const method = body === undefined ? 'GET' : 'POST';
  const headers: Record<string, string> = body === undefined ? {} : { 'Content-Length': String(body.length) };
  return call(
    agent,
    { host, port: Number(port), path, method, headers, ...(body === undefined ? {} : { body }) },
    timeoutMs,
  );
}

test('it passes requests and answers on as they are, and counts them', async () => {
  assert.equal((await ask('/database/')).body, TEXT);
  assert.equal((await ask('/database/batch', 'abc')).body, 'abc');
  assert.equal(proxy.countOf('/database/batch'), 1);
  assert.equal(proxy.countOf('/database/'), 2);
  assert.equal(proxy.misbehaved, 0);
});

test('half an answer is an answer that is cut off', async () => {
  proxy.setMode('half');
  const { status, error } = await ask('/');
  assert.equal(status, 0);
  assert.ok(error);
  assert.deepEqual(served, ['GET /']);
});

test('500 is answered, whether the service does it all the same or not', async () => {
  proxy.setMode('error');
  for (let n = 0; n < 4; n++) assert.equal((await ask('/', 'a')).status, 500);
  await until('the service has half of them', 2_000, async () => served.length === 2);
  assert.equal(proxy.misbehaved, 4);
});

test('garbage is no HTTP, or an answer that the service never gave', async () => {
  proxy.setMode('garbage');
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask('/')));
  assert.ok(answers.some(({ status }) => status === 0));
  assert.ok(answers.some(({ status }) => status === 200));
  assert.ok(answers.every(({ body }) => body !== TEXT));
  assert.ok(
    answers.every(({ body }) => !body.includes('"outcomes":["stored"]')),
    'what is in the right form is no garbage',
  );
});

test('silence lasts until the caller gives up', async () => {
  proxy.setMode('silent');
  assert.match((await ask('/', undefined, 300)).error ?? '', /no whole answer within 300 ms/);
});

test('a slow answer is the right one, 2 s late', async () => {
  proxy.setMode('slow');
  const began = performance.now();
  assert.equal((await ask('/')).body, TEXT);
  assert.ok(performance.now() - began >= 1_900);
});

test('what asks for the health is spoiled only if that is wanted', async () => {
  proxy.setMode('reset');
  assert.equal((await ask('/health/ready')).body, TEXT);
  assert.equal((await ask('/database/')).status, 0);
  proxy.setMode('reset', { healthToo: true });
  assert.equal((await ask('/health/ready')).status, 0);
  proxy.setMode('pass');
  assert.equal((await ask('/database/')).body, TEXT);
});

test('before a service that is dead it resets', async () => {
  const dead = await openProxy(1);
  const { hostname: host, port } = new URL(dead.url);
  const { status } = await call(agent, { host, port: Number(port), path: '/', method: 'GET', headers: {} }, 2_000);
  assert.equal(status, 0);
  await dead.close();
});

test('where it is cut, nothing reaches the service, and nobody is answered', async () => {
  proxy.setMode('cut', { healthToo: true });
  for (const path of ['/', '/health/ready']) assert.equal((await ask(path, undefined, 300)).status, 0);
  assert.deepEqual(served, []);
  assert.equal(proxy.misbehaved, 2);
  proxy.setMode('pass');
  assert.equal((await ask('/')).body, TEXT);
});

test('several proxies are one: what is set is set of each, and what came is counted together', async () => {
  const other = await openProxy(Number(new URL(proxy.url).port));
  const both = joinProxies([other, proxy]);
  assert.equal(both.url, other.url);
  await ask('/database/'); // through one of them
  assert.equal(both.countOf('/database/'), 1);
  both.setMode('reset');
  assert.equal((await ask('/')).status, 0);
  assert.equal(both.misbehaved, 1);
  both.setMode('pass');
  const { hostname: host, port } = new URL(both.url);
  assert.equal(
    (await call(agent, { host, port: Number(port), path: '/', method: 'GET', headers: {} }, 5_000)).body,
    TEXT,
  );
  assert.equal(both.countOf('/'), 4); // two proxies, one behind the other
  await other.close();
});
