import assert from 'node:assert/strict';
import { test } from 'node:test';
import { good } from '../history/sample-history.ts';
import { verdictOf } from '../rules/judged.ts';
import { HISTORY_DEFECTS } from './history-defects.ts';

for (const { name, summary, spoil, shownBy } of HISTORY_DEFECTS) {
  test(`${name} is found, and nothing else is: ${summary}`, () => {
    const { violations } = verdictOf(spoil(good));
    assert.deepEqual(violations.map(({ rule }) => rule).toSorted(), shownBy.toSorted());
  });
}
