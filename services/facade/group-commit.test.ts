import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createGroupCommit } from './group-commit.ts';

interface Limits {
  readonly maxInFlight?: number;
  readonly maxBatchItems?: number;
  readonly maxBatchBytes?: number;
  readonly maxQueuedItems?: number;
  readonly maxQueuedBytes?: number;
  readonly maxQueuedItemsAtWork?: number;
}

function createHarness(limits: Limits = {}) {
  const batches: { readonly items: readonly string[]; readonly end: () => void }[] = [];
  const settled = new Set<string>();
  const clock = { nowMs: 0 };
  const queue = createGroupCommit<string>({
    commit: (items) => new Promise((end) => batches.push({ items, end })),
    isSettled: (item) => settled.has(item),
    bytesOf: (item) => item.length,
    ...{ maxInFlight: 1, maxBatchItems: 100, maxBatchBytes: 1_000, maxQueuedItems: 100, maxQueuedBytes: 10_000 },
    maxQueuedItemsAtWork: 100,
    now: () => clock.nowMs,
    ...limits,
  });
  const items = () => batches.map((batch) => batch.items);
  async function endBatch(n: number): Promise<void> {
    batches[n]?.end();
    await turn();
  }
  return { queue, clock, settled, items, endBatch };
}

test('a lone item goes out at once; those that come meanwhile go out together', async () => {
  const { queue, items, endBatch } = createHarness();
  for (const item of ['a', 'b', 'c', 'd']) assert.ok(queue.add(item));
  assert.deepEqual(items(), [['a']]);
  await endBatch(0);
  assert.deepEqual(items(), [['a'], ['b', 'c', 'd']]);
});

test('as many batches are under way as may be', () => {
  const { queue, items } = createHarness({ maxInFlight: 2 });
  for (const item of ['a', 'b', 'c']) queue.add(item);
  assert.deepEqual(items(), [['a'], ['b']]);
});

test('a batch is bounded in number and in size', async () => {
  const { queue, items, endBatch } = createHarness({ maxBatchItems: 3, maxBatchBytes: 10 });
  for (const item of ['x', '1', '2', '3', '4', 'aaaaaa', 'bbbbbb', 'c'.repeat(50), 'd']) queue.add(item);
  for (let n = 0; n < 10; n++) await endBatch(n);
  assert.deepEqual(
    items().map(({ length }) => length),
    [1, 3, 2, 1, 1, 1],
  );
});

test('an item that has its result already does not go out', async () => {
  const { queue, settled, items, endBatch } = createHarness({ maxBatchItems: 1 });
  for (const item of ['a', 'late', 'b']) queue.add(item);
  settled.add('late');
  await endBatch(0);
  assert.deepEqual(items(), [['a'], ['b']]);
});

test('too many waiting items are refused at once', async () => {
  const { queue, endBatch } = createHarness({ maxQueuedItems: 2 });
  for (const item of ['a', 'b', 'c']) assert.ok(queue.add(item));
  assert.ok(queue.isFull());
  assert.equal(queue.add('d'), false);
  await endBatch(0);
  assert.ok(queue.add('e'));
});

test('so are too many waiting bytes, until some have gone out', async () => {
  const { queue, items, endBatch } = createHarness({ maxQueuedBytes: 5 });
  queue.add('x'); // goes out at once
  assert.ok(queue.add('1234'));
  assert.equal(queue.add('67'), false);
  assert.ok(queue.add('6'));
  assert.ok(queue.isFull());
  await endBatch(0);
  assert.ok(queue.add('67890'));
  await endBatch(1);
  assert.deepEqual(items(), [['x'], ['1234', '6'], ['67890']]);
});

test('a queue that stays long although batches are committed is overloaded; one that was filled by a stall is not', async () => {
  const { queue, clock, endBatch } = createHarness({ maxBatchItems: 1, maxQueuedItemsAtWork: 3 });
  for (let n = 0; n < 20; n++) queue.add(`item ${n}`);
  clock.nowMs = 60_000;
  assert.equal(queue.isFull(), false, 'nothing was committed all the time');
  for (let n = 0; n < 6; n++) {
    assert.equal(queue.isFull(), false, 'it is given time to catch up');
    await endBatch(n);
    clock.nowMs += 520;
  }
  assert.equal(queue.add('too much'), false);
  clock.nowMs += 5_000;
  assert.ok(queue.add('in a stall'));
  await endBatch(6);
  clock.nowMs += 900;
  assert.ok(queue.add('after it'));
  for (let n = 7; n < 19; n++) {
    await endBatch(n);
    clock.nowMs += 520;
  }
  assert.ok(queue.add('it is short again'));
});
