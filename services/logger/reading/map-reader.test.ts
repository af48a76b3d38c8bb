import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LONG_LENGTH } from './key-order.ts';
import { createMessageTable, createRecentCount } from './map-reader.ts';

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
    partitions: {} as never,
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

test('where the map has no more rows than are asked for, short ones, the members need not sort them', async () => {
  const map = { rows: [] as (readonly [string, string])[], sizes: 0, limited: 0, hasLong: false };
  const table = createMessageTable({
    messages: {
      size: async () => {
        map.sizes++;
        return map.rows.length;
      },
      entrySetWithPredicate: async (predicate: object) => {
        const pageSize =
          'getPageSize' in predicate ? (predicate as { getPageSize(): number }).getPageSize() : undefined;
        if (pageSize === undefined) return map.rows;
        map.limited++;
        return map.rows.toSorted().slice(0, pageSize);
      },
    } as never,
    partitions: {} as never,
    ask: (query) => query(),
    recentCount: (_name, count) => count(),
    hasLong: async () => map.hasLong,
  });
  const keys = Array.from({ length: 600 }, (_, n) => String(n).padStart(36, '0'));
  map.rows = keys.toReversed().map((key) => [key, 'a'] as const);
  const read = async (limit: number) => (await table.query({ after: '', limit })).map(({ UUID }) => UUID);

  assert.deepEqual(await read(600), keys);
  assert.deepEqual([map.sizes, map.limited], [1, 0]);
  assert.deepEqual(await read(599), keys.slice(0, 599));
  assert.deepEqual([map.sizes, map.limited], [2, 1]);
  assert.deepEqual(await read(499), keys.slice(0, 499));
  assert.deepEqual([map.sizes, map.limited], [2, 2]);
  map.hasLong = true;
  assert.deepEqual(await read(600), keys);
  assert.deepEqual([map.sizes, map.limited], [2, 3]);
});

test('what is stored after the size was asked for does not make an answer longer than was asked for', async () => {
  const rows = Array.from({ length: 700 }, (_, n) => [String(n).padStart(36, '0'), 'a'] as const);
  const table = createMessageTable({
    messages: { size: async () => 600, entrySetWithPredicate: async () => rows } as never,
    partitions: {} as never,
    ask: (query) => query(),
    recentCount: (_name, count) => count(),
    hasLong: async () => false,
  });
  const read = await table.query({ after: '', limit: 650 });
  assert.deepEqual(
    read.map(({ UUID }) => UUID),
    rows.slice(0, 650).map(([key]) => key),
  );
});
