import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin, createTable, many } from '../../../test/doubles/table-of-keys.ts';
import { readInKeyOrder } from './key-order.ts';

const short = 50;
const long = 65_536;
const lengths: Record<string, (index: number) => number> = {
  'all are long': () => long,
  'long ones come after thousands of short ones': (index) => (index < 9_000 ? short : long),
  'a run of long ones stands among short ones': (index) => (index > 5_000 && index < 5_200 ? long : short),
  'each tenth is long': (index) => (index % 10 === 0 ? long : short),
};
for (const [what, textLength] of Object.entries(lengths)) {
  test(`no query brings more than 3 MB of text: ${what}`, async () => {
    const { sorted, cost, table } = createTable(
      many(10_000, (n) => begin + n),
      textLength,
    );
    let read = 0;
    for await (const page of readInKeyOrder(table, {})) read += page.length;
    assert.equal(read, sorted.length);
    assert.ok(cost.longest <= 3_145_728, `${cost.longest} characters`);
  });
}
