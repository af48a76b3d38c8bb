import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCounters } from './counters.ts';

const layoutOf = (size: number) => ({
  size,
  members: [],
  owners: [],
  entries: [],
  isExact: true,
  isFresh: true,
  duplicated: 0,
});
const counts = (stored: number, { found = 0, pending = 0 } = {}) => ({ stored, found, pending, byLogger: {} });

test('nothing is claimed before the map has been looked at', () => {
  assert.equal(createCounters(() => 1).figures().stored, null);
});

test('messages on their way are no surplus, and what is acknowledged is never more than what is stored', () => {
  const counters = createCounters(() => 1);
  counters.compare(counts(100, { pending: 5 }), layoutOf(104), counts(103, { pending: 5 }));
  const { acknowledged, stored, elsewhere, short } = counters.figures();
  assert.deepEqual([acknowledged, stored, elsewhere, short], [103, 104, 0, 0]);
});

test('what came another way is told apart', () => {
  const counters = createCounters(() => 1);
  counters.compare(counts(100), layoutOf(120), counts(100));
  assert.equal(counters.figures().elsewhere, 20);
});

test('fewer than were acknowledged are a loss, but for those that a repeat found there already', () => {
  const counters = createCounters(() => 1);
  counters.compare(counts(100), layoutOf(98), counts(100));
  assert.equal(counters.figures().short, 2);
  counters.compare(counts(98, { found: 2 }), layoutOf(98), counts(98, { found: 2 }));
  assert.equal(counters.figures().short, 0);
});
