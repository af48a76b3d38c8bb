import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRetryBudget } from './retry-budget.ts';

test('retries are bounded: a reserve, then a few a second, and one for every five requests', () => {
  let nowMs = 0;
  const budget = createRetryBudget(() => nowMs);
  const spendAll = () => {
    let spent = 0;
    while (budget.spend(1)) spent++;
    return spent;
  };
  assert.equal(spendAll(), 100);
  nowMs += 1_000;
  assert.equal(spendAll(), 10);
  budget.earn(50);
  assert.equal(spendAll(), 10);
  nowMs += 3_600_000;
  assert.equal(spendAll(), 100);
});

test('a large batch may go once, and then nothing for two seconds', () => {
  let nowMs = 0;
  const budget = createRetryBudget(() => nowMs);
  assert.ok(budget.spend(250));
  assert.equal(budget.spend(1), false);
  nowMs += 2_000; // 20 owed, 10 a second
  assert.equal(budget.spend(1), false);
  nowMs += 200;
  assert.ok(budget.spend(250));
  budget.earn(99); // requests that came in meanwhile shorten it
  assert.equal(budget.spend(1), false);
  budget.earn(10);
  assert.ok(budget.spend(1));
});
