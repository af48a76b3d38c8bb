import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createClusterView } from '../shared/cluster-view.ts';
import { createSilentLog } from '../shared/log.ts';
import type { LoggerClient, LoggerHealth } from './logger-client.ts';
import { openLoggerPool, type PooledLogger } from './logger-pool.ts';

const view = (...members: string[]) => createClusterView(members);
const ready = (...members: string[]): LoggerHealth => ({ ready: true, cluster: view(...members) });

const silence = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

/** A pool of loggers whose health is what `healths` says at the moment; undefined: silent. */
async function openPool(t: TestContext, healths: (LoggerHealth | undefined)[]) {
  const unused = () => Promise.reject(new Error('not used here'));
  const clients = healths.map((_, index): LoggerClient => {
    const health = async (signal: AbortSignal) => healths[index] ?? silence(signal);
    return { name: `logger-${index + 1}`, url: '', store: unused, read: unused, health };
  });
  const pool = openLoggerPool(clients, { log: createSilentLog(), random: Math.random });
  t.after(() => pool.close());
  await pause(20); // until each was asked
  return { pool, loggers: pool.loggers as [PooledLogger, PooledLogger, PooledLogger] };
}

test('a logger that failed is tried last, and given little time, until it answers well', async (t) => {
  const { pool, loggers } = await openPool(t, [ready('aa'), ready('aa'), ready('aa')]);
  const [one, two, three] = loggers;
  assert.equal(pool.patienceMs(one, 1_000), 1_000);
  pool.failed(one);
  for (let n = 0; n < 20; n++) assert.equal(pool.order().at(-1), one);
  assert.equal(pool.patienceMs(one, 1_000), 100);
  assert.equal(pool.patienceMs(two, 1_000), 1_000);
  pool.failed(two);
  pool.failed(three);
  assert.equal(pool.patienceMs(one, 1_000), 1_000, 'there is no better one to hurry to');
  pool.succeeded(one, view('aa'));
  assert.equal(pool.order()[0], one);
  assert.equal(pool.patienceMs(two, 1_000), 100);
});

test('a logger that has still to answer is tried after the others, but before one that failed', async (t) => {
  const { pool, loggers } = await openPool(t, [ready('aa'), ready('aa'), ready('aa')]);
  const [one, two, three] = loggers;
  const ended = [pool.begins(one, 'stores'), pool.begins(one, 'stores')];
  pool.failed(two);
  for (let n = 0; n < 20; n++) assert.deepEqual(pool.order(), [three, one, two]);
  ended[0]?.();
  assert.equal(pool.order()[0], three, 'one attempt is still under way');
  ended[1]?.();
  const firsts = new Set(Array.from({ length: 200 }, () => pool.order()[0]));
  assert.deepEqual(firsts, new Set([one, three]));
});

test('a logger that reads is tried after those that do nothing, but before one that has to answer', async (t) => {
  const { pool, loggers } = await openPool(t, [ready('aa'), ready('aa'), ready('aa')]);
  const [one, two, three] = loggers;
  const readEnds = pool.begins(one, 'reads');
  assert.equal(pool.isStoring(), false);
  pool.begins(two, 'stores');
  assert.equal(pool.isStoring(), true);
  for (let n = 0; n < 20; n++) assert.deepEqual(pool.order(), [three, one, two]);
  readEnds();
  const firsts = new Set(Array.from({ length: 200 }, () => pool.order()[0]));
  assert.deepEqual(firsts, new Set([one, three]));
});

test('only loggers that are ready, and in no lesser cluster, are tried', async (t) => {
  const { pool, loggers } = await openPool(t, [ready('aa', 'bb'), { ready: false }, ready('cc')]);
  assert.deepEqual(pool.order(), [loggers[0]]);
  assert.ok(pool.isUsable());
});

test('another cluster counts only when no logger owes it messages that the last one had', async (t) => {
  const healths: LoggerHealth[] = [ready('aa', 'bb', 'cc'), ready('aa', 'bb', 'cc'), ready('aa', 'bb', 'cc')];
  const { pool, loggers } = await openPool(t, healths);
  healths.splice(0, 3, { ready: false }, { ready: false }, ready('cc'));
  await pause(700);
  assert.ok(await pool.counts(loggers[2], view('cc')));
  // The others are back, and its member is being merged into theirs.
  healths.splice(0, 3, ready('aa', 'bb'), ready('aa', 'bb'), { ready: false, owing: true });
  await pause(700);
  assert.equal(pool.isUsable(), false);
  assert.equal(await pool.counts(loggers[0], view('aa', 'bb')), false);
  healths.splice(0, 3, ready('aa', 'bb', 'dd'), ready('aa', 'bb', 'dd'), ready('aa', 'bb', 'dd'));
  await pause(700);
  assert.ok(pool.isUsable());
  assert.ok(await pool.counts(loggers[0], view('aa', 'bb', 'dd')));
});

test('loggers that are silent keep their say for a while: a member that is cut off does not count because they are slow', async (t) => {
  const healths: (LoggerHealth | undefined)[] = [ready('aa', 'bb'), ready('aa', 'bb'), ready('cc')];
  const { pool, loggers } = await openPool(t, healths);
  healths.splice(0, 2, undefined, undefined);
  await pause(1_700); // long enough for a question without an answer
  assert.equal(pool.isUsable(), false);
  assert.equal(await pool.counts(loggers[2], view('cc')), false);
  await pause(3_500);
  assert.ok(await pool.counts(loggers[2], view('cc')), 'at last they are taken for gone');
});
