import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  failed,
  finalReadOf,
  good,
  outage,
  withBars,
  withGet,
  withPost,
  withWindow,
} from '../history/sample-history.ts';
import { checkHistory, hasPassed } from './checker.ts';
import { DEADLINE_MS, finds, passes, verdictOf } from './judged.ts';

describe('a fault', () => {
  finds(
    'that did not happen is found',
    withWindow(good, { notHappened: 'the member did not pause' }),
    'not happened: 1',
  );
  const checks = [
    { what: 'the member lives', held: true, found: 'pid 7' },
    { what: 'attempts a request', held: false, found: '3.1, at most 1.2' },
    { what: 'refused in time', held: false, found: '120 ms', timing: true },
  ];
  finds('with checks that did not hold is found', withWindow(good, { checks }), 'check: 1', 'check: 1');
  test('with a check about time that did not hold can be excused', () => {
    const late = verdictOf(withWindow(good, { checks: checks.slice(2) }));
    assert.deepEqual([hasPassed(late, { withTimes: true }), hasPassed(late, { withTimes: false })], [false, true]);
    const wrong = verdictOf(withWindow(good, { checks }));
    assert.deepEqual([hasPassed(wrong, { withTimes: true }), hasPassed(wrong, { withTimes: false })], [false, false]);
  });
});

describe('the instrument is not trusted blindly: it is found', () => {
  const empty = withWindow({ ...good, posts: [], gets: [] }, { finalRead: finalReadOf([]) });
  finds('that there was no traffic', empty, 'no traffic: 1');
  finds('that no read was whole', { ...good, gets: [] }, 'no traffic: 1');
  finds('that nothing was acknowledged', { ...good, posts: good.posts.map(failed), gets: good.gets }, 'no traffic: 1');
  finds(
    'that the traffic ended before the fault',
    withWindow({ ...good, gets: good.gets.slice(0, 1) }, { injectedMs: 20_500, healedMs: 20_900 }),
    'no traffic: 1',
  );
  const bars = { nothingStored: { graceMs: 0 } };
  finds(
    'that there was none where nothing could be stored',
    withBars(bars, empty),
    'nothing stored: 1',
    'no traffic: 1',
  );
  finds('that nothing was acknowledged before the outage either', withBars(bars, outage(0, 21_000)), 'no traffic: 1');
  const throughout = withWindow(outage(0, 21_000), { injectedMs: 0, healedMs: 20_500, readyMs: 20_900, bars });
  passes('but explained that nothing succeeded, where nothing could be stored all the time', throughout);
  let full: typeof good = { ...good, posts: good.posts.map((post) => ({ ...post, status: 507 })) };
  test('but not that nothing is acknowledged where the members are full', () => {
    const rulesOf = (traffic: typeof good) => verdictOf(traffic).violations.map(({ rule }) => rule);
    assert.deepEqual(rulesOf(full).includes('no traffic') && rulesOf(full).includes('status'), true);
    full = withWindow(full, { mayBeFull: true });
    assert.ok(!rulesOf(full).includes('no traffic') && !rulesOf(full).includes('status'));
    const one = full.posts.slice(1).concat({ ...(full.posts[0] ?? assert.fail()), status: 500 });
    assert.ok(rulesOf({ ...full, posts: one }).includes('no traffic'));
  });
  finds('that there was no read then', { ...throughout, gets: [] }, 'no traffic: 1');
  finds(
    'that a request ended after its window, unchecked',
    withPost(good, 1_099, (post) => [{ ...post, endMs: 21_001 }]),
    'unfinished: 1',
  );
  finds(
    'that requests are in no window',
    withPost(
      withGet(good, 0, (get) => ({ ...get, startMs: -1 })),
      1_099,
      (post) => [{ ...post, startMs: 21_001, endMs: 21_002 }],
    ),
    'invented: 1',
    'unchecked: 2',
  );
  test('that there is no window', () => {
    for (const events of [[], [...good.posts, ...good.gets]]) {
      const { passed, violations } = checkHistory(events, { deadlineMs: DEADLINE_MS });
      assert.equal(passed, false);
      assert.ok(violations.every(({ rule, window }) => rule === 'unchecked' && window === '(none)'));
    }
  });
});
