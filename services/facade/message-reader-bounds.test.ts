import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { openBadLogger } from '../../test/bad-logger.ts';
import { key, keysOf, never } from '../../test/read-table.ts';
import { beginTrace } from '../shared/message/trace.ts';
import { createEvents } from './events.ts';
import { createLoggerClient } from './logger-client.ts';
import { createLoggerPool } from './logger-pool.ts';
import { createMessageReader } from './message-reader.ts';

/** A reader of one logger that sends the same chunk so many times. */
function openReader(chunkCount: number) {
  const chunk = Buffer.from(`{"UUID":"${key(1)}","msg":"text"}\n`);
  async function* chunks() {
    for (let n = 0; n < chunkCount; n++) yield chunk;
  }
  const logger = { name: 'logger-1', url: '', read: async () => chunks() };
  const pool = createLoggerPool([logger], Math.random);
  pool.succeeded(logger);
  const times = { requestTimeoutMs: 5_000, outageTimeoutMs: 2_000, readTimeoutMs: 1_000 };
  const read = createMessageReader({ pool, events: createEvents(), mayRetry: () => true, ...times });
  return { read, startStoring: () => pool.begins(logger, 'stores') };
}

test('nothing of a read stays with a signal that lives longer, whole or not', async () => {
  const { read } = openReader(2);
  const { signal } = new AbortController();
  const left = () => Object.getOwnPropertySymbols(signal).map((symbol) => Object(signal)[symbol]?.size ?? 0);
  const before = left();
  for (let n = 0; n < 20; n++) {
    for await (const _chunk of read({}, signal)) if (n % 2 === 0) break;
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  }
  assert.deepEqual(left(), before);
});

test('more reads than may be open are refused, until one of those that are has ended', async () => {
  const { read } = openReader(2);
  const open = Array.from({ length: 256 }, () => read({}, never)[Symbol.asyncIterator]());
  for (const one of await Promise.all(open.map((one) => one.next()))) assert.equal(one.done, false);
  const refused = { code: 'unavailable', headers: { 'Retry-After': '1' } };
  await assert.rejects(read({}, never)[Symbol.asyncIterator]().next(), refused);
  await open[0]?.return?.();
  const next = read({}, never)[Symbol.asyncIterator]();
  assert.equal((await next.next()).done, false);
  for (const one of [...open, next]) await one.return?.();
});

test('while messages are being stored, a read waits a little before each chunk but the first', async () => {
  const { read, startStoring } = openReader(11);
  startStoring();
  const startMs = performance.now();
  const keys = await keysOf(read({}, never));
  assert.equal(keys.length, 11);
  assert.ok(performance.now() - startMs >= 99, `${performance.now() - startMs} ms`);
});

test('reads that nobody takes leave connections to a logger for its health and for stores', async (t) => {
  const logger = await openBadLogger((response) => {
    if (response.req.method === 'POST') return void response.end('{"outcomes":["stored"]}');
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    response.write(`{"UUID":"${key(1)}","msg":"text"}\n`);
  });
  t.after(logger.close);
  const client = createLoggerClient('logger-1', logger.url, 1_000);
  const trace = beginTrace();
  const leaving = new AbortController();
  const reads = Array.from({ length: 300 }, () => client.read({}, leaving.signal, trace).catch(() => undefined));
  await Promise.all(reads.slice(0, 256));
  const soon = AbortSignal.timeout(2_000);
  assert.equal((await client.askHealth(soon)).ready, true);
  const outcomes = await client.store([{ UUID: key(1), msg: 'text', traceparent: '' }], soon, trace);
  assert.deepEqual(outcomes, ['stored']);
  leaving.abort();
  await Promise.all(reads);
});
