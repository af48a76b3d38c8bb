import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOf, type Sample } from '../history/sample-history.ts';
import { checkHistory, type Verdict } from './checker.ts';

export const DEADLINE_MS = 15_000;

export function verdictOf(sample: Sample): Verdict {
  return checkHistory(eventsOf(sample), { deadlineMs: DEADLINE_MS });
}

/** A test that exactly these rules are found to be broken, each named with how many times: `lost: 2`. */
export function finds(name: string, sample: Sample, ...rules: readonly string[]): void {
  test(name, () => {
    const { violations, passed } = verdictOf(sample);
    const found = violations.map(({ rule, count }) => `${rule}: ${count}`);
    assert.deepEqual(found, rules, JSON.stringify(violations, null, 1));
    assert.equal(passed, rules.length === 0);
  });
}

/** A test that nothing is found. */
export function passes(name: string, sample: Sample): void {
  finds(name, sample);
}
