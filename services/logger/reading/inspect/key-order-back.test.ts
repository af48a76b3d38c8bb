import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyAt } from '../key-sketch.ts';
import { lastKeys } from './key-order-back.ts';

const NOW = Date.now();
const key = (ms: number, number = 0) => `${keyAt(ms)}-7000-8000-${String(number).padStart(12, '0')}`;

/** Reads all keys of a set from the end back, page by page; gives them, and how many queries it took. */
async function readBack(keys: readonly string[], limit: number) {
  const sorted = [...keys].sort();
  let queries = 0;
  const query = async ({ after, before = '~', limit: most }: { after: string; before?: string; limit: number }) => {
    queries++;
    return sorted.filter((one) => one > after && one < before).slice(0, most);
  };
  const read: string[] = [];
  for (;;) {
    const page = await lastKeys(query, { before: read.at(-1), limit, firstWidth: 1_000 });
    read.push(...page);
    if (page.length < limit) return { read, queries, sorted };
  }
}

for (const [what, keys] of [
  ['nothing', []],
  ['a few of the last second', [key(NOW, 1), key(NOW, 2), key(NOW - 10)]],
  ['a few with years between them', [key(NOW), key(NOW - 4e10), key(5)]],
  ['thousands within a second', Array.from({ length: 5_000 }, (_, n) => key(NOW - (n % 1_000), n))],
  ['thousands within a millisecond', Array.from({ length: 2_500 }, (_, n) => key(NOW - 1_000, n))],
  [
    'keys of no time, all over the place',
    Array.from({ length: 3_000 }, (_, n) => key((n * 7_919) % 2 ** 48, n)).concat(
      Array.from({ length: 1_500 }, (_, n) => key(Math.floor((2 ** 48 * n) / 1_500), n)),
    ),
  ],
] as const) {
  test(`from the end back come ${what}: none left out, none twice, in order`, async () => {
    const { read, queries, sorted } = await readBack(keys, 50);
    assert.deepEqual(read, sorted.reverse());
    assert.ok(queries < 60 + keys.length, `${queries} queries`);
  });
}

test('from a key far ahead of now it takes no more queries than from the end', async () => {
  let queries = 0;
  const query = async ({ after, before = '~' }: { after: string; before?: string }) => {
    queries++;
    return [key(NOW - 5)].filter((one) => one > after && one < before);
  };
  const before = '46bbfb21-f45e-4dd9-8d55-328978f3d6a4';
  assert.deepEqual(await lastKeys(query, { before, limit: 1, firstWidth: 60_000 }), [key(NOW - 5)]);
  assert.equal(queries, 2);
});
