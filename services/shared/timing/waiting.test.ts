import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { pauseUntil, waitAtMost } from './waiting.ts';

const never = new AbortController().signal;

test('a promise that takes too long is not waited for', async () => {
  await assert.rejects(waitAtMost(new Promise(() => {}), 10, never), /no answer within 10 ms/);
  assert.equal(await waitAtMost(Promise.resolve('in time'), 1_000, never), 'in time');
});

test('a promise that rejects when nobody waits for it any more ends nothing', async (t) => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  t.after(() => process.off('unhandledRejection', note));
  await assert.rejects(waitAtMost(Promise.reject(new Error('lost')), 1_000, AbortSignal.abort()), {
    name: 'AbortError',
  });
  let reject = (_error: Error) => {};
  const late = new Promise<never>((_resolve, rejectLate) => {
    reject = rejectLate;
  });
  await assert.rejects(waitAtMost(late, 5, never), /no answer within 5 ms/);
  reject(new Error('late'));
  await turn();
  await turn();
  assert.deepEqual(unhandled, []);
});

test('a pause ends after its time, or when one of the signals aborts, and leaves nothing with them', async () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const signals = [one.signal, other.signal];
  await pauseUntil(signals, 5);
  const endless = pauseUntil(signals);
  assert.equal(getEventListeners(other.signal, 'abort').length, 1);
  one.abort();
  await endless;
  await pauseUntil(signals);
  assert.deepEqual(
    signals.map((signal) => getEventListeners(signal, 'abort').length),
    [0, 0],
  );
});
