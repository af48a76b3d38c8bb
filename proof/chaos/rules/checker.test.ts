import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  eventsOf,
  failed,
  finalReadOf,
  good,
  refused,
  retried,
  type Sample,
  seenOf,
  slower,
  span,
  uuidOf,
  withBars,
  withGet,
  without,
  withPost,
  withWindow,
} from '../history/sample-history.ts';
import { checkHistory, hasPassed } from './checker.ts';
import { DEADLINE_MS, passes, verdictOf } from './judged.ts';

describe('a history with nothing wrong', () => {
  passes('passes', good);

  test('passes in any order of its events', () => {
    assert.ok(checkHistory(eventsOf(good).reverse(), { deadlineMs: DEADLINE_MS }).passed);
  });

  passes(
    'passes with a retried message',
    withPost(good, 300, (post) => [failed(post), retried(post)]),
  );
  passes(
    'passes with a retried message that was acknowledged twice',
    withPost(good, 300, (post) => [post, retried(post)]),
  );
  passes(
    'passes with an unacknowledged message that is there',
    withPost(good, 300, (post) => [failed(post)]),
  );
  passes(
    'passes with an unacknowledged message that is not there',
    withPost(
      withWindow({ ...good, gets: good.gets.slice(0, 1) }, { finalRead: finalReadOf(without(300)) }),
      300,
      (post) => [failed(post)],
    ),
  );
  passes(
    'passes with a late retry of an earlier window’s message',
    withPost(good, 100, (post) => [post, { ...post, n: 99 }, { ...failed(post), n: 98 }]),
  );
});

test('violations of times, and only they, can be left out', () => {
  const timed = withBars(
    { slowestPostMs: 1, slowestGetMs: 1, p99Ratio: 1, readyWithinMs: 1 },
    slower(7_000, 20_000, () => 90),
  );
  const verdict = verdictOf(timed);
  assert.deepEqual(
    verdict.violations.map(({ rule }) => rule),
    ['slowest', 'slowest', 'p99', 'ready'],
  );
  assert.deepEqual([hasPassed(verdict, { withTimes: true }), hasPassed(verdict, { withTimes: false })], [false, true]);
  const lost = verdictOf(withWindow(timed, { finalRead: finalReadOf([]) }));
  assert.equal(hasPassed(lost, { withTimes: false }), false);
});

describe('several windows', () => {
  const second: Sample = {
    posts: good.posts.map((post) => ({
      ...post,
      n: post.n + 1000,
      uuid: uuidOf(post.n + 1000),
      startMs: post.startMs + 30_000,
      endMs: post.endMs + 30_000,
    })),
    gets: good.gets.map((get) => ({
      ...get,
      startMs: get.startMs + 30_000,
      endMs: get.endMs + 30_000,
      seen: seenOf((get.seen?.ranges ?? []).flatMap(([first, last]) => span(first + 1000, last + 1000))),
    })),
    window: {
      ...good.window,
      name: 'another fault',
      seed: 2,
      firstN: 1100,
      startMs: 30_000,
      injectedMs: 36_000,
      healedMs: 40_000,
      readyMs: 40_500,
      endMs: 51_000,
      finalRead: finalReadOf(span(1100, 2099)),
    },
  };

  test('are judged each by its own, and come in the order of time', () => {
    const wrong = withWindow(second, { finalRead: finalReadOf(span(1100, 2098)) });
    const { rows, violations } = checkHistory([...eventsOf(wrong), ...eventsOf(good)], { deadlineMs: DEADLINE_MS });
    assert.deepEqual(
      rows.map(({ name, seed, lost, secondsUntilReady, broken }) => [name, seed, lost, secondsUntilReady, broken]),
      [
        ['a fault', 1, 0, 2, []],
        ['another fault', 2, 1, 0.5, ['lost']],
      ],
    );
    assert.deepEqual(
      violations.map(({ window, seed, rule }) => [window, seed, rule]),
      [['another fault', 2, 'lost']],
    );
  });
});

describe('a row', () => {
  test('has the figures of its window', () => {
    const sample = withGet(
      withPost(
        withPost(good, 300, (post) => [{ ...failed(post), endMs: post.startMs + 2_000 }]),
        301,
        (post) => [refused({ ...post, endMs: post.startMs + 40 }), retried(post)],
      ),
      20,
      ({ seen, ...get }) => refused({ ...get, endMs: get.startMs + 70 }),
    );
    const [row] = verdictOf(sample).rows;
    assert.deepEqual(row, {
      name: 'a fault',
      seed: 1,
      requests: 1041,
      postStatuses: new Map([
        [0, 1],
        [200, 1],
        [201, 998],
        [503, 1],
      ]),
      getStatuses: new Map([
        [200, 39],
        [503, 1],
      ]),
      stored: 999,
      slowestPostMs: 2_000,
      slowestGetMs: 70,
      p50Ms: 5,
      p99Ms: 5,
      p999Ms: 40,
      unservedPostMs: 49,
      unservedGetMs: 1_000,
      lost: 0,
      duplicated: 0,
      stale: 0,
      secondsUntilReady: 2,
      broken: [],
      brokenTimes: [],
    });
  });

  test('has no times where there were no requests', () => {
    const [row] = verdictOf({ ...good, posts: [], gets: [] }).rows;
    assert.deepEqual([row?.requests, row?.slowestPostMs, row?.p99Ms, row?.slowestGetMs], [0, 0, 0, 0]);
  });
});
