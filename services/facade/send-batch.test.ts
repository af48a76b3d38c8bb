import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Problem } from '../shared/message/problem.ts';
import { beginTrace } from '../shared/message/trace.ts';
import { createEvents, type StoreResult } from './events.ts';
import { createLoggerPool } from './logger-pool.ts';
import { createBatchSender, type PendingMessage } from './send-batch.ts';
import { RefusedError, type Store } from './store-client.ts';

const ATTEMPT_MS = 100;
const stores: Store = async (messages) => messages.map(() => 'stored');
const refuses: Store = async () => {
  throw new RefusedError('it answered 421: not here');
};
const isFull: Store = async () => {
  throw new Problem('insufficient-storage', 'The disk is full.');
};
const answersAfter =
  (ms: number): Store =>
  async (messages, signal) => {
    await pause(ms, null, { signal });
    return messages.map(() => 'stored');
  };

/** A sender to loggers that are tried in their order at first. */
function openSender(loggers: readonly Store[], mayRetry: () => boolean = () => true) {
  const named = loggers.map((store, index) => ({ name: `logger-${index + 1}`, url: '', store }));
  let draws = 0;
  const pool = createLoggerPool(named, () => draws++ / 1e6);
  for (const logger of named) pool.succeeded(logger);
  const failed: string[] = [];
  const events = createEvents().on('attemptFailed', ({ logger, batch }) =>
    failed.push(`${logger.name} ${batch.length}`),
  );
  const sendBatch = createBatchSender({ pool, events, mayRetry, attemptTimeoutMs: ATTEMPT_MS });
  async function send(texts: readonly string[]): Promise<StoreResult[]> {
    const results: StoreResult[] = [];
    const batch = texts.map((msg, index): PendingMessage => {
      const pending = {
        ...{ message: { UUID: `${index}`, msg }, trace: beginTrace(), isTried: false, lastError: undefined },
        isAnswered: false,
        answer(result: StoreResult) {
          pending.isAnswered = true;
          results[index] = result;
        },
      };
      return pending;
    });
    await sendBatch(batch);
    return results;
  }
  return { send, pool, failed, order: () => pool.order().map(({ name }) => name) };
}

test('a logger that refuses what others take is one that fails', async () => {
  const { send, failed, order } = openSender([refuses, stores, stores]);
  assert.deepEqual(await send(['a', 'b']), [
    { outcome: 'stored', logger: 'logger-2' },
    { outcome: 'stored', logger: 'logger-2' },
  ]);
  assert.deepEqual(failed, ['logger-1 2']);
  assert.equal(order().at(-1), 'logger-1');
});

test('what all loggers refuse is refused alone, and is not told before all were asked', async () => {
  const refusesBad: Store = async (messages, ...rest) =>
    messages.some(({ msg }) => msg === 'bad') ? refuses(messages, ...rest) : stores(messages, ...rest);
  const { send } = openSender([refusesBad, refusesBad, refusesBad], () => false);
  const [good, bad] = await send(['good', 'bad']);
  assert.equal(good instanceof Problem ? good.message : good?.outcome, 'stored');
  assert.ok(bad instanceof Problem && bad.code === 'malformed' && bad.message.includes('421'));
});

test('a logger that was cut short, as a slow one answered after all, has not failed', async () => {
  const { send, pool, failed } = openSender([answersAfter(1.5 * ATTEMPT_MS), answersAfter(10 * ATTEMPT_MS)]);
  const [result] = await send(['a']);
  assert.ok(!(result instanceof Problem) && result?.logger === 'logger-1');
  await pause(10);
  assert.deepEqual(failed, []);
  const [, second] = pool.loggers;
  assert.ok(second !== undefined && pool.patienceMs(second, ATTEMPT_MS) === ATTEMPT_MS);
});

test('a slow logger has failed once another one was faster', async () => {
  const { send, failed } = openSender([answersAfter(10 * ATTEMPT_MS), stores]);
  await send(['a']);
  await pause(10);
  assert.deepEqual(failed, ['logger-1 1']);
});

test('"full" is told once all loggers said so, also if there was no retry left for one of them', async () => {
  let retries = 1;
  const { send } = openSender([isFull, isFull, stores], () => retries-- !== 0);
  const results = await send(['a', 'b']);
  assert.deepEqual(
    results.map((result) => (result instanceof Problem ? result.code : result.logger)),
    ['logger-3', 'logger-3'],
  );
  // Whoever stores nothing costs no retry: else there were never as many as loggers under load.
  const [none] = await openSender([isFull, isFull, isFull], () => false).send(['a']);
  assert.ok(none instanceof Problem && none.code === 'insufficient-storage');
});
