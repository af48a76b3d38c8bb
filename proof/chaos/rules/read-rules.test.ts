import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  all,
  failed,
  finalReadOf,
  good,
  retried,
  seenOf,
  span,
  withGet,
  withPost,
  withSeen,
  withWindow,
} from '../history/sample-history.ts';
import { finds, passes, verdictOf } from './judged.ts';

describe('an invented message', () => {
  finds('is a text that nobody sends', withSeen(seenOf(span(100, 599), { invented: ['x', 'y'] })), 'invented: 2');
  finds(
    'is one in the final read',
    withWindow(good, { finalRead: { ...finalReadOf(all), invented: ['x'] } }),
    'invented: 1',
  );
  finds('is a number that was never posted', withSeen(seenOf([...span(100, 599), 1100, 1101])), 'invented: 1');
  finds(
    'is one in the final read that was never posted',
    withWindow(good, { finalRead: finalReadOf([...all, 5000]) }),
    'invented: 1',
  );
  finds('is one that was posted only after the read', withSeen(seenOf(span(100, 601))), 'invented: 1');
  passes(
    'is not one that was posted in the moment the read ended',
    withPost(withSeen(seenOf(span(100, 600))), 600, (post) => [{ ...post, startMs: 10_010, endMs: 10_015 }]),
  );
  passes('is not one that was posted while the read was running', withSeen(seenOf(span(100, 600))));
  passes(
    'is not one whose first POST failed before the read, and was retried after it',
    withPost(withSeen(seenOf(span(100, 599))), 599, (post) => [
      failed(post),
      { ...post, startMs: 10_100, endMs: 10_200 },
    ]),
  );

  test('is told by number', () => {
    const [violation] = verdictOf(withSeen(seenOf([...span(100, 599), 5000]))).violations;
    assert.match(String(violation?.detail), /read at 10\.000 s has 1 that were never posted, the first 5000$/);
  });
});

finds('a read out of order is found', withSeen(seenOf(span(100, 599), { outOfOrder: [300] })), 'out of order: 1');
finds(
  'a final read out of order is found',
  withWindow(good, { finalRead: { ...finalReadOf(all), outOfOrder: [300] } }),
  'out of order: 1',
);

describe('a stale read', () => {
  finds('is found', withSeen(seenOf(span(100, 598))), 'stale: 1');
  finds('is found when it has nothing', withSeen(seenOf([])), 'stale: 1');
  finds('is found by a gap', withSeen(seenOf([...span(100, 299), ...span(301, 600)])), 'stale: 1');
  finds(
    'is found when only a retry was acknowledged before it',
    withPost(withSeen(seenOf(span(100, 598))), 599, (post) => [failed(post), retried(post)]),
    'stale: 1',
  );
  finds(
    'is found when the first of two acknowledgements came before it',
    withPost(withSeen(seenOf(span(100, 598))), 599, (post) => [post, { ...post, startMs: 10_001, endMs: 10_009 }]),
    'stale: 1',
  );
  // Read 20 ends at 10,010 ms and has message 599, whose POST ends at 20,000 ms; read 21 has 600 but not 599.
  const underWay = (startMs: number) =>
    withGet(
      withPost(good, 599, (post) => [{ ...post, endMs: 20_000 }]),
      21,
      (get) => ({ ...get, startMs, seen: seenOf([...span(100, 598), 600]) }),
    );
  finds('is found when a read before it had the message, though its POST is under way', underWay(10_010.1), 'stale: 1');
  passes('is not one that began in the moment in which the first read with the message ended', underWay(10_010));
  passes(
    'is not one that lacks what was acknowledged after it began',
    withPost(withSeen(seenOf(span(100, 598))), 599, (post) => [{ ...post, endMs: 10_001 }]),
  );
  passes(
    'is not one that lacks what was acknowledged in the moment it began',
    withPost(withSeen(seenOf(span(100, 598))), 599, (post) => [{ ...post, endMs: 10_000 }]),
  );
  passes(
    'is not one that lacks what was acknowledged by a retry only after it began',
    withPost(withSeen(seenOf(span(100, 598))), 599, (post) => [failed(post), { ...post, endMs: 10_005 }]),
  );
});

finds(
  'a whole answer that was not well-formed is found',
  withGet(good, 20, ({ seen, ...get }) => ({ ...get, error: 'the NDJSON ends within a line' })),
  'malformed: 1',
);
finds(
  'a POST that was answered 2xx with something else than its message is found, also if it was tried again',
  withPost(good, 300, (post) => [
    { ...post, status: 0, malformed: true },
    { ...post, startMs: post.startMs + 900, endMs: post.endMs + 900 },
  ]),
  'malformed: 1',
);
