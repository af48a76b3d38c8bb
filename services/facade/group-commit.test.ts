import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { createGroupCommit } from './group-commit.ts';

interface Limits {
  readonly maxInFlight?: number;
  readonly patienceMs?: number;
  readonly maxBatchItems?: number;
  readonly maxBatchBytes?: number;
  readonly maxQueuedItems?: number;
  readonly maxQueuedBytes?: number;
  readonly maxQueuedItemsAtWork?: number;
}

function createHarness(limits: Limits = {}) {
  const batches: { readonly items: readonly string[]; readonly end: () => void }[] = [];
  const answered = new Set<string>();
  const clock = { nowMs: 0 };
  const queue = createGroupCommit<string>({
    commit: (items) => new Promise((end) => batches.push({ items, end })),
    isAnswered: (item) => answered.has(item),
    bytesOf: (item) => item.length,
    ...{
      maxInFlight: 1,
      patienceMs: 50,
      maxBatchItems: 100,
      maxBatchBytes: 1_000,
      maxQueuedItems: 100,
      maxQueuedBytes: 10_000,
    },
    maxQueuedItemsAtWork: 100,
    now: () => clock.nowMs,
    ...limits,
  });
  const items = () => batches.map((batch) => batch.items);
  async function add(...texts: readonly string[]): Promise<void> {
    for (const text of texts) assert.ok(queue.add(text));
    await turn();
  }
  async function endBatch(n: number): Promise<void> {
    batches[n]?.end();
    await turn();
  }
  return { queue, clock, answered, items, add, endBatch };
}

test('a lone item goes out at once; those that come meanwhile go out together', async () => {
  const { items, add, endBatch } = createHarness();
  await add('a');
  assert.deepEqual(items(), [['a']]);
  await add('b');
  await add('c', 'd');
  assert.deepEqual(items(), [['a']]);
  await endBatch(0);
  assert.deepEqual(items(), [['a'], ['b', 'c', 'd']]);
});

test('items that come in one turn of the event loop go out together', async () => {
  const { items, add } = createHarness();
  await add('a', 'b', 'c');
  assert.deepEqual(items(), [['a', 'b', 'c']]);
});

test('beside a batch that takes long another one goes out, but no more than may be', async () => {
  const { clock, items, add, endBatch } = createHarness({ maxInFlight: 2 });
  await add('a');
  clock.nowMs = 50;
  await add('b');
  assert.deepEqual(items(), [['a']]);
  clock.nowMs = 51;
  await add('c');
  assert.deepEqual(items(), [['a'], ['b', 'c']]);
  clock.nowMs = 1_000;
  await add('d');
  assert.equal(items().length, 2);
  await endBatch(1);
  assert.deepEqual(items(), [['a'], ['b', 'c'], ['d']]);
});

test('a lone item behind a batch that takes long goes out by itself', async () => {
  const { clock, items, add } = createHarness({ maxInFlight: 2, patienceMs: 5 });
  await add('a');
  await add('b');
  clock.nowMs = 6;
  await pause(30);
  assert.deepEqual(items(), [['a'], ['b']]);
});

test('a batch that takes long holds up none of those that come after it', async () => {
  const { clock, items, add, endBatch } = createHarness({ maxInFlight: 2 });
  await add('a');
  clock.nowMs = 51;
  await add('b');
  await add('c');
  assert.deepEqual(items(), [['a'], ['b']]);
  await endBatch(1);
  assert.deepEqual(items(), [['a'], ['b'], ['c']], 'not only 50 ms after the one before it');
});

test('a batch is bounded in number and in size', async () => {
  const { items, add, endBatch } = createHarness({ maxBatchItems: 3, maxBatchBytes: 10 });
  await add('x');
  await add('1', '2', '3', '4', 'aaaaaa', 'bbbbbb', 'c'.repeat(50), 'd');
  for (let n = 0; n < 10; n++) await endBatch(n);
  assert.deepEqual(
    items().map(({ length }) => length),
    [1, 3, 2, 1, 1, 1],
  );
});

test('an item that has its result already does not go out', async () => {
  const { answered, items, add, endBatch } = createHarness({ maxBatchItems: 1 });
  await add('a', 'late', 'b');
  answered.add('late');
  await endBatch(0);
  assert.deepEqual(items(), [['a'], ['b']]);
});

test('too many waiting items are refused at once', async () => {
  const { queue, add, endBatch } = createHarness({ maxQueuedItems: 2 });
  await add('a');
  await add('b', 'c');
  assert.ok(queue.isFull());
  assert.equal(queue.add('d'), false);
  await endBatch(0);
  assert.ok(queue.add('e'));
});

test('so are too many waiting bytes, until some have gone out', async () => {
  const { queue, items, add, endBatch } = createHarness({ maxQueuedBytes: 5 });
  await add('x');
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
  const { queue, clock, add, endBatch } = createHarness({ maxBatchItems: 1, maxQueuedItemsAtWork: 3 });
  await add(...Array.from({ length: 20 }, (_, n) => `item ${n}`));
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
