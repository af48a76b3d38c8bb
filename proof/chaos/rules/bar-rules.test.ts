import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PostEvent } from '../history/history.ts';
import {
  failed,
  finalReadOf,
  good,
  outage,
  refused,
  retried,
  type Sample,
  slower,
  withBars,
  withGet,
  withPost,
  withWindow,
} from '../history/sample-history.ts';
import { finds, passes, verdictOf } from './judged.ts';

describe('the bar', () => {
  const twoFailed = withGet(
    withPost(good, 300, (post) => [failed(post), failed(post)]),
    20,
    ({ seen, ...get }) => refused(get),
  );
  finds('for failed requests is found missed', withBars({ failed: 1 }, twoFailed), 'failed: 2');
  passes('for failed requests may be reached', withBars({ failed: 2 }, twoFailed));
  passes(
    'for failed requests does not count a message whose retry was acknowledged',
    withBars(
      { failed: 0 },
      withPost(good, 300, (post) => [failed(post), retried(post)]),
    ),
  );

  const slow = slower(7_000, 7_040, ({ n }) => 3_000 + n);
  finds('for the slowest POST is found missed', withBars({ slowestPostMs: 3_000 }, slow), 'slowest: 2');
  passes('for the slowest POST may be reached', withBars({ slowestPostMs: 3_451 }, slow));
  test('for the slowest POST is told with the slowest first', () => {
    assert.match(
      String(verdictOf(withBars({ slowestPostMs: 9 }, slow)).violations[0]?.detail),
      /: POST 451 at 7\.020 s, /,
    );
  });
  finds('for the slowest GET is found missed', withBars({ slowestGetMs: 9 }), 'slowest: 40');

  const half = { halfRateWithinMs: 2_000 };
  passes('for half the rate holds', withBars(half));
  passes(
    'for half the rate allows a pause before it',
    withBars(
      half,
      slower(6_000, 7_900, ({ startMs }) => 7_950 - startMs),
    ),
  );
  finds(
    'for half the rate is found missed, though a burst of answers follows the pause',
    withBars(
      half,
      slower(6_000, 12_500, ({ startMs }) => 12_550 - startMs),
    ),
    'rate: 2',
  );
  const someRefused = (isRefused: (n: number) => boolean): Sample => {
    const { posts, ...rest } = slower(0, 0, () => 0);
    return { ...rest, posts: posts.map((post) => (post.n >= 500 && isRefused(post.n) ? refused(post) : post)) };
  };
  passes(
    'for half the rate may be reached',
    withBars(
      half,
      someRefused((n) => n % 2 === 0),
    ),
  );
  finds(
    'for half the rate is found missed by little',
    withBars(
      half,
      someRefused((n) => n % 50 < 26),
    ),
    'rate: 5',
  );
  finds('for half the rate needs a rate before', withBars(half, withWindow(good, { injectedMs: 0 })), 'rate: 1');
  finds('for half the rate needs a time after', withBars({ halfRateWithinMs: 13_000 }), 'rate: 1');

  const p99 = { p99Ratio: 1.5 };
  passes('for p99 holds', withBars(p99));
  passes(
    'for p99 leaves out the first second',
    withBars(
      p99,
      slower(6_000, 7_000, () => 800),
    ),
  );
  passes(
    'for p99 allows 25 ms more',
    withBars(
      p99,
      slower(7_000, 20_000, () => 30),
    ),
  );
  finds(
    'for p99 is found missed',
    withBars(
      p99,
      slower(7_000, 20_000, () => 31),
    ),
    'p99: 1',
  );
  finds(
    'for p99 is found missed by one request in fifty',
    withBars(
      p99,
      slower(7_000, 20_000, ({ n }) => (n % 50 === 0 ? 900 : 5)),
    ),
    'p99: 1',
  );
  passes(
    'for p99 allows one slow request in two hundred',
    withBars(
      p99,
      slower(7_000, 20_000, ({ n }) => (n % 200 === 0 ? 900 : 5)),
    ),
  );
  const faultAddsTo = (beforeMs: number, afterMs: number) =>
    slower(0, 20_000, ({ startMs }) => (startMs < 6_000 ? beforeMs : afterMs));
  passes('for p99 is a ratio where that allows more', withBars(p99, faultAddsTo(100, 150)));
  finds('for p99 is a ratio that is found missed', withBars(p99, faultAddsTo(100, 151)), 'p99: 1');
  finds('for p99 needs POSTs before and after', withBars(p99, withWindow(good, { injectedMs: 19_500 })), 'p99: 1');

  finds('for being ready again is found missed', withBars({ readyWithinMs: 1_999 }), 'ready: 1');
  passes('for being ready again may be reached', withBars({ readyWithinMs: 2_000 }));
  test('for being ready again is found missed if it never was, which no busy machine excuses', () => {
    const { readyMs, ...window } = good.window;
    for (const bars of [{ readyWithinMs: 1e9 }, {}]) {
      const verdict = verdictOf({ ...good, window: { ...window, bars } });
      assert.deepEqual(
        verdict.violations.map(({ rule, timing }) => [rule, timing]),
        [['ready', false]],
      );
      assert.equal(verdict.rows[0]?.secondsUntilReady, undefined);
    }
  });
});

describe('while nothing can be stored', () => {
  const bars = { nothingStored: { graceMs: 500 } };
  passes('POSTs are answered 503', withBars(bars, outage(6_000, 10_000)));
  const refusals = { refusedWithinMs: 1_000 };
  const late = withPost(outage(6_000, 10_000), 500, (post) => [{ ...post, endMs: post.startMs + 1_001 }]);
  finds('refusals may not come late', withBars(refusals, late), 'late refusal: 1');
  passes('refusals may take as long as the bar says', withBars({ refusedWithinMs: 1_001 }, late));
  finds('there have to be refusals', withBars(refusals, good), 'late refusal: 1');
  passes('POSTs may be acknowledged for a moment', withBars(bars, outage(6_500, 10_000)));
  finds('POSTs may not be acknowledged after it', withBars(bars, outage(6_520, 10_000)), 'nothing stored: 1');
  finds(
    'POSTs may not go without an answer',
    withBars(
      bars,
      withPost(outage(6_000, 10_000), 500, (post) => [failed(post)]),
    ),
    'nothing stored: 1',
  );
  const waiting = (change: Partial<PostEvent>) => {
    const { posts, gets, window } = withPost(outage(6_000, 10_000), 599, (post) => [{ ...post, ...change }]);
    const stored = posts.filter(({ status }) => status === 201).map(({ n }) => n);
    return withBars(bars, withWindow({ posts, gets: gets.slice(0, 1), window }, { finalRead: finalReadOf(stored) }));
  };
  passes('POSTs that were still waiting at the healing may be acknowledged', waiting({ status: 201, endMs: 10_300 }));
  finds('they may not go without an answer', waiting({ status: 0, endMs: 10_300 }), 'nothing stored: 1');
  finds('they may not be acknowledged before it', waiting({ status: 201, endMs: 9_999 }), 'nothing stored: 1');
  const { posts, ...rest } = outage(6_000, 10_000);
  finds(
    'POSTs have to be tried',
    withBars(bars, { ...rest, posts: posts.filter(({ startMs }) => startMs < 6_500 || startMs >= 10_000) }),
    'nothing stored: 1',
  );
});
