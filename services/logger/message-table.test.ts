import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMessageTable, createRecentCount } from './message-table.ts';
import { LONG_LENGTH } from './row-guard.ts';

test('a count is made once a second for those who ask for the same, and for each who asks for another', async () => {
  const clock = { nowMs: 0 };
  const made: string[] = [];
  const recentCount = createRecentCount(() => clock.nowMs);
  const ask = (name: string) => recentCount(name, async () => made.push(name));
  assert.equal(await ask('a'), 1);
  clock.nowMs = 999;
  assert.equal(await ask('a'), 1);
  clock.nowMs = 1_000;
  assert.equal(await ask('a'), 2);
  assert.equal(await ask('b'), 3);
  assert.equal(await ask('b'), 3);
  assert.equal(await ask('a'), 2);
  clock.nowMs = 2_000;
  assert.equal(await ask('a'), 4);
  assert.deepEqual(made, ['a', 'a', 'b', 'a']);
});

test('a count that fails is not kept', async () => {
  const recentCount = createRecentCount(() => 0);
  await assert.rejects(
    recentCount('a', () => Promise.reject(new Error('gone'))),
    /gone/,
  );
  assert.equal(await recentCount('a', async () => 7), 7);
});

test('long texts are counted only where there may be some, or shorter ones are asked for', async () => {
  const map = { asked: 0, hasLong: false };
  const table = createMessageTable({
    messages: { aggregateWithPredicate: async () => ++map.asked } as never,
    ask: (query) => query(),
    recentCount: (_name, count) => count(),
    hasLong: async () => map.hasLong,
  });
  assert.equal(await table.countLonger({ after: '' }, LONG_LENGTH), 0);
  assert.equal(map.asked, 0);
  assert.equal(await table.countLonger({ after: '' }, LONG_LENGTH - 1), 1);
  map.hasLong = true;
  assert.equal(await table.countLonger({ after: '' }, LONG_LENGTH), 2);
});
