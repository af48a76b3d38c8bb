import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEvents } from './events.ts';
import { openRetries } from './retry-budget.ts';

function openBudget() {
  const clock = { nowMs: 0 };
  const events = createEvents();
  const spend = openRetries(events, () => clock.nowMs);
  const earn = (requests: number) => {
    for (let n = 0; n < requests; n++) events.emit('readBegun', []);
  };
  return { clock, spend, earn };
}

test('retries are bounded: a reserve, then a few a second, and one for every five requests', () => {
  const { clock, spend, earn } = openBudget();
  const spendAll = () => {
    let spent = 0;
    while (spend(1)) spent++;
    return spent;
  };
  assert.equal(spendAll(), 100);
  clock.nowMs += 1_000;
  assert.equal(spendAll(), 10);
  earn(51);
  assert.equal(spendAll(), 10);
  clock.nowMs += 3_600_000;
  assert.equal(spendAll(), 100);
});

test('a large batch may go once, and then nothing for two seconds', () => {
  const { clock, spend, earn } = openBudget();
  assert.ok(spend(250));
  assert.equal(spend(1), false);
  clock.nowMs += 2_000; // 20 owed, 10 a second
  assert.equal(spend(1), false);
  clock.nowMs += 200;
  assert.ok(spend(250));
  earn(99); // requests that came in meanwhile shorten it
  assert.equal(spend(1), false);
  earn(10);
  assert.ok(spend(1));
});
