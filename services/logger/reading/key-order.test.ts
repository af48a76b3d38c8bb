import assert from 'node:assert/strict';
import { test } from 'node:test';
import { v4, v7 } from 'uuid';
import { begin, createTable, DAY_MS, many } from '../../../test/doubles/table-of-keys.ts';
import { type Findings, type RangeQuery, readInKeyOrder } from './key-order.ts';

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
    const { sorted, cost, table } = createTable(keys);
    const read: string[] = [];
    for await (const page of readInKeyOrder(table, {})) read.push(...page.map(({ UUID }) => UUID));
    assert.deepEqual(read, sorted);
    // Each entry is looked at a few times, not once a page; and gaps cost few queries.
    assert.ok(cost.lookedAt <= 8 * keys.length, `${cost.lookedAt} looked at for ${keys.length} keys`);
    assert.ok(cost.queries <= 60 + keys.length / 50, `${cost.queries} queries for ${keys.length} keys`);
  });
}

for (const [count, queries] of [
  [0, 1],
  [999, 1],
  [1_600, 1],
  [4_000, 3],
] as const) {
  test(`a log of ${count} messages, the last of them new, is read with ${queries} queries, and a count for each`, async () => {
    const { cost, table } = createTable(many(count, (n) => Date.now() - 5 * (count - n)));
    let read = 0;
    for await (const page of readInKeyOrder(table, {})) read += page.length;
    assert.deepEqual([read, cost.queries, cost.counts], [count, queries, queries]);
  });
}

test('the next range is asked for before the answer has come, where texts are short and all is wanted', async () => {
  const keys = many(30_000, (n) => begin + 3 * n);
  for (const [length, range, expected] of [
    [100, {}, 2],
    [100, { limit: 10_000 }, 1],
    [4_000, {}, 1],
  ] as const) {
    const { cost, table } = createTable(keys, () => length);
    for await (const _page of readInKeyOrder(table, range));
    assert.equal(cost.mostUnderWay, expected);
  }
});

test('a range that has more than was asked for is read to its end before the next', async () => {
  // Ten times as dense, all of a sudden, in the second of two ranges that are under way.
  const dense = many(20_000, (n) => begin + 100_000 + Math.floor(n / 10));
  const { sorted, cost, table } = createTable([...many(20_000, (n) => begin + 5 * n), ...dense]);
  const read: string[] = [];
  let full = 0;
  const query: RangeQuery = async (range) => {
    const messages = await table.query(range);
    if (messages.length === range.limit && range.before !== undefined) full++;
    return messages;
  };
  for await (const page of readInKeyOrder({ ...table, query }, {})) read.push(...page.map(({ UUID }) => UUID));
  assert.deepEqual(read, sorted);
  assert.equal(cost.mostUnderWay, 2);
  assert.ok(full > 0, `${full}`);
});

test('who reads a large map, or a part of it, need not look at all of it at once', async () => {
  const keys = many(60_000, (n) => begin + 3 * n);
  const { sorted, table, cost } = createTable(keys);
  const read = async (range: Parameters<typeof readInKeyOrder>[1], findings: Findings) => {
    cost.mostLookedAt = 0;
    const found: string[] = [];
    for await (const page of readInKeyOrder(table, range, findings)) found.push(...page.map(({ UUID }) => UUID));
    return found;
  };
  const findings: Findings = {};
  for (const _round of ['first', 'second']) {
    assert.deepEqual(await read({}, findings), sorted);
    assert.equal(cost.samples, 1);
    assert.ok(cost.mostLookedAt <= 5_000, `${cost.mostLookedAt}`);
  }
  for (const [known, samples] of [
    [findings, 1],
    [{}, 2],
  ] as const) {
    assert.deepEqual(await read({ after: sorted[9_999] ?? '', limit: 100 }, known), sorted.slice(10_000, 10_100));
    assert.equal(cost.samples, samples);
    assert.ok(cost.mostLookedAt <= 5_000, `${cost.mostLookedAt}`);
  }
});

test('who reads a large map again need not look at all that came before its first key', async () => {
  const findings: Findings = {};
  for await (const _page of readInKeyOrder(createTable(many(30_000, (n) => begin + n)).table, {}, findings));
  const { sorted, table, cost } = createTable(many(60_000, (n) => begin - 50_000 + n));
  const found: string[] = [];
  for await (const page of readInKeyOrder(table, {}, findings)) found.push(...page.map(({ UUID }) => UUID));
  assert.deepEqual(found, sorted);
  assert.ok(cost.mostLookedAt <= 40_000, `${cost.mostLookedAt}`);
});

test('who reads a map of long texts again, or what is new in it, need not look at all of them', async () => {
  const keys = many(8_000, (n) => begin + 5 * n);
  const { sorted, table, cost } = createTable(keys, (index) => (index % 16 === 0 ? 65_536 : 500));
  for (const after of ['', sorted[999] ?? '']) {
    const findings: Findings = {};
    for (const round of ['first', 'second']) {
      cost.mostLookedAt = 0;
      const found: string[] = [];
      for await (const page of readInKeyOrder(table, { after }, findings)) found.push(...page.map(({ UUID }) => UUID));
      assert.deepEqual(
        found,
        sorted.filter((key) => key > after),
      );
      if (round === 'second') assert.ok(cost.mostLookedAt <= 2_000, `${cost.mostLookedAt}`);
    }
  }
});

for (const [what, others] of Object.entries({
  'none are left': [],
  'there are earlier ones': many(30_000, (n) => begin - 30_000 + n),
  'they are a year later': many(30_000, (n) => begin + 365 * DAY_MS + n),
  'there are few': many(10, (n) => begin - DAY_MS + n),
})) {
  test(`what was found in a map of other keys leaves out nothing: ${what}`, async () => {
    const findings: Findings = {};
    for await (const _page of readInKeyOrder(createTable(many(30_000, (n) => begin + n)).table, {}, findings));
    const { sorted, table, cost } = createTable(others);
    const found: string[] = [];
    for await (const page of readInKeyOrder(table, {}, findings)) found.push(...page.map(({ UUID }) => UUID));
    assert.deepEqual(found, sorted);
    assert.ok(cost.queries <= 40, `${cost.queries} queries`);
  });
}

test('a range begins after its key and ends at its limit', async () => {
  const { sorted, table } = createTable(many(3_000, (n) => begin + n));
  const read: string[] = [];
  for await (const page of readInKeyOrder(table, { after: sorted[99] ?? '', limit: 1_234 }))
    read.push(...page.map(({ UUID }) => UUID));
  assert.deepEqual(read, sorted.slice(100, 1_334));
});

test('the first page is not a small one', async () => {
  const { table } = createTable(many(3_000, (n) => begin + n));
  for await (const page of readInKeyOrder(table, {})) {
    assert.ok(page.length >= 500, `${page.length}`);
    break;
  }
});
