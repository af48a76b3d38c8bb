import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSlots } from './slots.ts';

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
