import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAudit } from './audit.ts';

test('what was noted is looked up once, in its order, so many at a time', () => {
  const audit = createAudit();
  for (const UUID of ['a', 'b', 'c']) audit.add(UUID);
  assert.deepEqual(audit.next(2), ['a', 'b']);
  audit.note(['a', 'b'], []);
  assert.deepEqual(audit.next(2), ['c']);
  audit.note(['c'], []);
  assert.deepEqual(audit.next(2), []);
  assert.deepEqual(audit.state(), { kept: 3, checked: 3, missing: 0 });
  audit.restart();
  assert.deepEqual(audit.next(9), ['a', 'b', 'c']);
});

test('a message is missing when it was not found twice, until it is found', () => {
  const audit = createAudit();
  audit.add('a');
  audit.add('b');
  audit.note(audit.next(9), ['b']);
  assert.equal(audit.state().missing, 0);
  assert.deepEqual(audit.next(9), ['b']);
  audit.note(['b'], ['b']);
  assert.deepEqual(audit.state(), { kept: 2, checked: 2, missing: 1 });
  audit.note(audit.next(9), []);
  assert.equal(audit.state().missing, 0);
});

test('of very many the last 200,000 are kept', () => {
  const audit = createAudit();
  for (let n = 0; n < 500_000; n++) audit.add(String(n));
  const { kept } = audit.state();
  assert.ok(kept >= 200_000 && kept < 220_000, String(kept));
  assert.equal(audit.next(1)[0], String(500_000 - kept));
});
