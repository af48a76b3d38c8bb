import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../shared/message/problem.ts';
import { beginTrace } from '../shared/message/trace.ts';
import { createEvents } from './events.ts';
import { createLoggerPool } from './logger-pool.ts';
import { createMessageWriter } from './message-writer.ts';
import type { Store } from './store-client.ts';

const TIMES = { requestTimeoutMs: 600, outageTimeoutMs: 150, attemptTimeoutMs: 5_000 };
const UUID = '0198c0de-0000-7000-8000-000000000001';

/** A writer with one logger, that stores as it is told, or cannot be used. */
function openWriter(store: Store | undefined) {
  const logger = { name: 'logger-1', url: '', store: store ?? (async () => []) };
  const pool = createLoggerPool([logger], Math.random);
  if (store !== undefined) pool.succeeded(logger);
  const events = createEvents();
  const writer = createMessageWriter({ ...TIMES, pool, events, mayRetry: () => true, maxQueuedMessages: 10 });
  return { events, write: () => writer.write({ UUID, msg: 'x' }, beginTrace()), pool, logger };
}

/** Waits for a refusal. A sweep's timer does not keep a process alive; a test does. */
async function refusalOf(written: Promise<unknown>): Promise<{ readonly problem: Problem; readonly afterMs: number }> {
  const keeper = setInterval(() => {}, 1_000);
  const began = performance.now();
  try {
    await written;
  } catch (error) {
    if (error instanceof Problem) return { problem: error, afterMs: performance.now() - began };
  } finally {
    clearInterval(keeper);
  }
  return assert.fail('it was not refused');
}

test('a message without an outcome is given up in time, sooner while no logger can be used', async () => {
  const silent: Store = () => new Promise(() => {});
  const [sooner, later] = await Promise.all([
    refusalOf(openWriter(undefined).write()),
    refusalOf(openWriter(silent).write()),
  ]);
  assert.ok(sooner.afterMs >= 150 && sooner.afterMs < later.afterMs, `${sooner.afterMs} ms, ${later.afterMs} ms`);
  assert.ok(later.afterMs >= 600 && later.afterMs < TIMES.attemptTimeoutMs, `${later.afterMs} ms`);
});

test('its caller is told whether it may be stored, and why not', async () => {
  const { problem: untried } = await refusalOf(openWriter(undefined).write());
  assert.match(untried.message, /this request stored nothing/);
  const failing: Store = () => Promise.reject(new Error('gone'));
  const { problem: tried } = await refusalOf(openWriter(failing).write());
  assert.match(tried.message, /may be/);
  assert.equal(tried.members.UUID, UUID);
  assert.match((tried.cause as Error).message, /^logger-1: gone$/);
});

test('only the first outcome counts', async () => {
  let release = () => {};
  const { events, write } = openWriter(
    () =>
      new Promise((resolve) => {
        release = () => resolve(['stored']);
      }),
  );
  const outcomes: unknown[] = [];
  events.on('answered', (_submission, result) => outcomes.push(result instanceof Problem ? result.code : result));
  await refusalOf(write());
  release();
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(outcomes, ['unavailable']);
});

test('while too many wait, the next one is refused at once', async () => {
  const { write } = openWriter(undefined);
  const refused: string[] = [];
  const refusals = Array.from({ length: 11 }, async () => refused.push((await refusalOf(write())).problem.message));
  await Promise.all(refusals);
  const tooMany = refused.map((message) => /Too many messages are waiting/.test(message));
  assert.deepEqual(tooMany, [true, ...Array(10).fill(false)], 'the last one, before those that were there');
});
