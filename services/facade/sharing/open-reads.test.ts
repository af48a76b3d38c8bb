import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBadLogger } from '../../../test/bad-logger.ts';
import { createReadTable, key, keys, keysOf, never } from '../../../test/read-table.ts';
import { createLoggerClient } from '../logger-client.ts';
import { boundReads } from './open-reads.ts';
import { shareReads } from './shared-reads.ts';

test('more reads than may be open are refused, until one of those that are has ended', async () => {
  const { read } = createReadTable(10);
  const bounded = boundReads(read, 2);
  const open = [1, 2].map(() => bounded({}, never)[Symbol.asyncIterator]());
  for (const one of open) assert.equal((await one.next()).done, false);
  const refused = { code: 'unavailable', headers: { 'Retry-After': '1' } };
  await assert.rejects(keysOf(bounded({}, never)), refused);
  await open[0]?.return?.();
  assert.deepEqual(await keysOf(bounded({}, never)), keys(10));
});

test('readers of the same share one, and need not be counted each', async () => {
  const { read } = createReadTable(10);
  const shared = shareReads(boundReads(read, 2));
  for (const got of await Promise.all(Array.from({ length: 50 }, () => keysOf(shared({}, never)))))
    assert.deepEqual(got, keys(10));
});

test('reads that nobody takes leave connections to a logger for its health and for stores', async (t) => {
  const logger = await openBadLogger((response) => {
    if (response.req.method === 'POST') return void response.end('{"outcomes":["stored"]}');
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    response.write(`{"UUID":"${key(1)}","msg":"text"}\n`);
  });
  t.after(logger.close);
  const client = createLoggerClient('logger-1', logger.url, { maxLineBytes: 1_000 });
  const leaving = new AbortController();
  const reads = Array.from({ length: 300 }, () => client.read({}, leaving.signal).catch(() => undefined));
  await Promise.all(reads.slice(0, 256));
  const soon = AbortSignal.timeout(2_000);
  assert.equal((await client.health(soon)).ready, true);
  const outcomes = await client.store([{ UUID: key(1), msg: 'text', traceparent: '' }], soon);
  assert.deepEqual(outcomes, ['stored']);
  leaving.abort();
  await Promise.all(reads);
});
