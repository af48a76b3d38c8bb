import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLedger } from './ledger.ts';

test('what was noted is looked up once, in its order, so many at a time', () => {
  const ledger = createLedger();
  for (const UUID of ['a', 'b', 'c']) ledger.add(UUID);
  assert.deepEqual(ledger.next(2), ['a', 'b']);
  ledger.note(['a', 'b'], []);
  assert.deepEqual(ledger.next(2), ['c']);
  ledger.note(['c'], []);
  assert.deepEqual(ledger.next(2), []);
  assert.deepEqual(ledger.state(), { kept: 3, checked: 3, missing: 0 });
  ledger.restart();
  assert.deepEqual(ledger.next(9), ['a', 'b', 'c']);
});

test('a message is missing when it was not found twice, until it is found', () => {
  const ledger = createLedger();
  ledger.add('a');
  ledger.add('b');
  ledger.note(ledger.next(9), ['b']);
  assert.equal(ledger.state().missing, 0);
  assert.deepEqual(ledger.next(9), ['b']);
  ledger.note(['b'], ['b']);
  assert.deepEqual(ledger.state(), { kept: 2, checked: 2, missing: 1 });
  ledger.note(ledger.next(9), []);
  assert.equal(ledger.state().missing, 0);
});

test('of very many the last 200,000 are kept', () => {
  const ledger = createLedger();
  for (let n = 0; n < 500_000; n++) ledger.add(String(n));
  const { kept } = ledger.state();
  assert.ok(kept >= 200_000 && kept < 220_000, String(kept));
  assert.equal(ledger.next(1)[0], String(500_000 - kept));
});
