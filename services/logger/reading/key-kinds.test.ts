import assert from 'node:assert/strict';
import { test } from 'node:test';
import { v4 } from 'uuid';
import { createTable, many } from '../../../test/doubles/table-of-keys.ts';
import { type Findings, readInKeyOrder } from './key-order.ts';

const COUNT = 120_000;
const LIMIT = 100;
/** Keys as a facade makes them, of the last two minutes; and as callers do. */
const ofTime = (count: number) => many(count, (n) => Date.now() - count + n);
const random = (count: number) => Array.from({ length: count }, () => v4());

for (const [what, keys] of Object.entries({
  'of version 7': ofTime(COUNT),
  'of version 4': random(COUNT),
  'of both, half and half': [...ofTime(COUNT / 2), ...random(COUNT / 2)],
})) {
  const { sorted, cost, table } = createTable(keys);
  const findings: Findings = {};
  const read = async (range: Parameters<typeof readInKeyOrder>[1]) => {
    const before = { ...cost };
    cost.mostLookedAt = 0;
    const found: string[] = [];
    for await (const page of readInKeyOrder(table, range, findings)) found.push(...page.map(({ UUID }) => UUID));
    return {
      found,
      lookedAt: cost.lookedAt - before.lookedAt,
      mostLookedAt: cost.mostLookedAt,
      queries: cost.queries - before.queries,
    };
  };

  test(`a page looks at little more than it brings, wherever it begins, with keys ${what}`, async (t) => {
    const looks: number[] = [];
    let queries = 0;
    // Everywhere, also at the borders between random keys and those of the present.
    const places = Array.from({ length: 60 }, (_, n) => Math.floor((n * COUNT) / 60));
    const border = sorted.findIndex((key) => key > '019');
    for (const at of [...places, ...[-3, -1, 1, 3].map((n) => border + 100 * n), COUNT - 150, COUNT - 50]) {
      const after = sorted[at - 1] ?? '';
      const page = await read({ after, limit: LIMIT });
      const from = after === '' ? 0 : at;
      assert.deepEqual(page.found, sorted.slice(from, from + LIMIT));
      looks.push(page.lookedAt);
      queries += page.queries;
    }
    looks.sort((one, other) => one - other);
    const sum = looks.reduce((total, count) => total + count, 0);
    const mean = Math.round(sum / looks.length);
    const most = looks.at(-1) ?? 0;
    t.diagnostic(`looked at per page: mean ${mean}, median ${looks[looks.length >> 1]}, most ${most};`);
    t.diagnostic(`queries per page: ${(queries / looks.length).toFixed(2)}`);
    assert.ok(mean <= 5 * LIMIT, `${mean} looked at`);
    assert.ok(most <= 4_000, `${most} looked at`);
    assert.ok(queries <= 2 * looks.length, `${queries} queries for ${looks.length} pages`);
  });

  test(`all is read without looking at much of it at once, with keys ${what}`, async (t) => {
    const all = await read({});
    t.diagnostic(`${all.queries} queries, looked at ${all.lookedAt}, at once ${all.mostLookedAt}`);
    assert.deepEqual(all.found, sorted);
    assert.ok(all.queries <= 100, `${all.queries} queries`);
    assert.ok(all.lookedAt <= 1.3 * COUNT, `${all.lookedAt} looked at`);
    assert.ok(all.mostLookedAt <= 5_000, `${all.mostLookedAt} at once`);
  });
}
