import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createEvents } from './events.ts';
import { openHealthChecks } from './logger-health.ts';
import { createLoggerPool, type LoggerHealth } from './logger-pool.ts';

const ready: LoggerHealth = { ready: true, state: 'ready' };

const silence = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

/** A pool of loggers whose health is what `healths` says at the moment; undefined: silent. */
async function openPool(t: TestContext, healths: (LoggerHealth | undefined)[]) {
  const loggers = healths.map((_, index) => {
    const askHealth = async (signal: AbortSignal) => healths[index] ?? silence(signal);
    return { name: `logger-${index + 1}`, url: '', askHealth };
  });
  const pool = createLoggerPool(loggers, Math.random);
  const checks = openHealthChecks(pool, createEvents());
  t.after(() => checks.close());
  await pause(20); // until each was asked
  type Checked = (typeof loggers)[number];
  return { pool, loggers: pool.loggers as [Checked, Checked, Checked] };
}

test('a logger that failed is tried last, and given little time, until it answers well', async (t) => {
  const { pool, loggers } = await openPool(t, [ready, ready, ready]);
  const [one, two, three] = loggers;
  assert.equal(pool.patienceMs(one, 1_000), 1_000);
  pool.failed(one);
  for (let n = 0; n < 20; n++) assert.equal(pool.order().at(-1), one);
  assert.equal(pool.patienceMs(one, 1_000), 100);
  assert.equal(pool.patienceMs(two, 1_000), 1_000);
  pool.failed(two);
  pool.failed(three);
  assert.equal(pool.patienceMs(one, 1_000), 1_000, 'there is no better one to hurry to');
  pool.succeeded(one);
  assert.equal(pool.order()[0], one);
  assert.equal(pool.patienceMs(two, 1_000), 100);
});

test('a logger that has still to answer is tried after the others, but before one that failed', async (t) => {
  const { pool, loggers } = await openPool(t, [ready, ready, ready]);
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
  const { pool, loggers } = await openPool(t, [ready, ready, ready]);
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

test('only loggers that are ready are tried, and one that is silent is told from one that says why it is not', async (t) => {
  const lesser: LoggerHealth = { ready: false, state: 'no-quorum', reason: 'does not count' };
  const { pool, loggers } = await openPool(t, [ready, lesser, undefined]);
  assert.deepEqual(pool.order(), [loggers[0]]);
  assert.ok(pool.isUsable());
  await pause(1_100); // long enough for a question without an answer
  assert.deepEqual(
    loggers.map((logger) => pool.healthOf(logger).state),
    ['ready', 'no-quorum', 'silent'],
  );
});
