import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createSlots, pauseUntil, waitAtMost } from './waiting.ts';

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

test('no more tasks than slots run at a time, in their order, and a failed one makes room too', async () => {
  const inSlot = createSlots(2);
  const began: number[] = [];
  const ends: (() => void)[] = [];
  const tasks = [0, 1, 2, 3].map((n) =>
    inSlot(async () => {
      began.push(n);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (n === 0) throw new Error('failed');
      return n;
    }),
  );
  const results = Promise.allSettled(tasks);
  for (const expected of [
    [0, 1],
    [0, 1, 2],
    [0, 1, 2, 3],
  ]) {
    await new Promise(setImmediate);
    await new Promise(setImmediate); // a slot is passed on in the next turn
    assert.deepEqual(began, expected);
    ends.shift()?.();
  }
  for (const end of ends) end();
  assert.deepEqual(
    (await results).map(({ status }) => status),
    ['rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
  );
  assert.equal(await inSlot(async () => 'later'), 'later');
});

test('the lowest rank goes first, whenever it came', async () => {
  const inSlot = createSlots(1);
  const began: string[] = [];
  const begin = (name: string, rank: number) => inSlot(async () => void began.push(name), rank);
  await Promise.all([begin('under way', 9), begin('b', 2), begin('c', 3), begin('b again', 2), begin('a', 1)]);
  assert.deepEqual(began, ['under way', 'a', 'b', 'b again', 'c']);
});

test('who had a slot and wants it again goes before those that wait, if its rank is lower', async () => {
  const inSlot = createSlots(1);
  const began: string[] = [];
  const chunks = async (name: string) => {
    for (let n = 0; n < 3; n++) await inSlot(async () => void began.push(`${name}${n}`), n === 0 ? 1 : 0);
  };
  await Promise.all([chunks('a'), chunks('b'), chunks('c')]);
  assert.deepEqual(began, ['a0', 'a1', 'a2', 'b0', 'b1', 'b2', 'c0', 'c1', 'c2']);
});
