import assert from 'node:assert/strict';
import { test } from 'node:test';
import { v4, v7 } from 'uuid';
import { type RangeQuery, readInKeyOrder } from './key-order.ts';

/** Answers range queries over some keys, and counts them and the entries they had to look at. */
function createTable(keys: readonly string[], textLength = 64) {
  const sorted = keys.toSorted();
  const cost = { queries: 0, lookedAt: 0, mostRows: 0 };
  const query: RangeQuery = async ({ after, before, limit }) => {
    const within = sorted.filter((key) => key > after && (before === undefined || key < before));
    const rows = within.slice(0, limit);
    cost.queries++;
    cost.lookedAt += within.length;
    cost.mostRows = Math.max(cost.mostRows, rows.length);
    return rows.map((UUID) => ({ UUID, msg: 'x'.repeat(textLength) }));
  };
  return { sorted, cost, query };
}

const DAY_MS = 86_400_000;
const begin = Date.UTC(2026, 0, 1);
const many = (length: number, msecs: (n: number) => number) =>
  Array.from({ length }, (_, n) => v7({ msecs: msecs(n) }));

const tables: Record<string, readonly string[]> = {
  'no keys': [],
  'one key': [v7()],
  'exactly a page': many(500, (n) => begin + n),
  'a steady stream': many(20_000, (n) => begin + 10 * n),
  'all in one millisecond': many(5_000, () => begin),
  'bursts, days apart': many(20_000, (n) => begin + Math.floor(n / 1_000) * 3 * DAY_MS + (n % 1_000)),
  'sparse, then dense': [...many(1_000, (n) => begin + n * 60_000), ...many(15_000, (n) => begin + 2 * DAY_MS + n / 4)],
  'random keys all over': Array.from({ length: 10_000 }, () => v4()),
  'a stream and random keys': [...many(10_000, (n) => begin + n), ...Array.from({ length: 1_000 }, () => v4())],
};
for (const [what, keys] of Object.entries(tables)) {
  test(`every key is read once and in order: ${what}`, async () => {
    const { sorted, cost, query } = createTable(keys);
    const read: string[] = [];
    for await (const page of readInKeyOrder(query, {})) read.push(...page.map(({ UUID }) => UUID));
    assert.deepEqual(read, sorted);
    // Each entry is looked at a few times, not once a page; and gaps cost few queries.
    assert.ok(cost.lookedAt <= 8 * keys.length, `${cost.lookedAt} looked at for ${keys.length} keys`);
    assert.ok(cost.queries <= 60 + keys.length / 50, `${cost.queries} queries for ${keys.length} keys`);
  });
}

test('a range begins after its key and ends at its limit', async () => {
  const { sorted, query } = createTable(many(3_000, (n) => begin + n));
  const read: string[] = [];
  for await (const page of readInKeyOrder(query, { after: sorted[99] ?? '', limit: 1_234 }))
    read.push(...page.map(({ UUID }) => UUID));
  assert.deepEqual(read, sorted.slice(100, 1_334));
});

test('large texts come in small pages', async () => {
  const { cost, query } = createTable(
    many(3_000, (n) => begin + n),
    65_536,
  );
  const sizes: number[] = [];
  for await (const page of readInKeyOrder(query, {})) sizes.push(page.length);
  assert.ok(Math.max(...sizes.slice(1)) <= 16, sizes.join());
  assert.equal(cost.mostRows, 500);
});
