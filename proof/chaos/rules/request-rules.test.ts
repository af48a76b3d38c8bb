import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GetEvent } from '../history/history.ts';
import {
  good,
  refused,
  retried,
  seenOf,
  slower,
  withBars,
  withGet,
  withPost,
  withWindow,
} from '../history/sample-history.ts';
import { finds, passes } from './judged.ts';
import { findLate } from './request-rules.ts';

describe('requests', () => {
  finds(
    'that outlive the deadline are found',
    withBars(
      {},
      slower(1_000, 1_040, () => 15_001),
    ),
    'deadline: 2',
  );
  passes(
    'may take as long as the deadline',
    slower(1_000, 1_040, () => 15_000),
  );
  passes(
    'may take longer by as long as the facade was stopped meanwhile',
    withWindow(
      slower(1_000, 1_040, () => 18_000),
      {
        facadeFrozen: [
          [500, 2_500, 1],
          [3_000, 5_000, 1],
        ],
      },
    ),
  );
  finds(
    'may not by what another facade was stopped',
    withWindow(
      slower(1_000, 1_040, () => 18_000),
      { facadeFrozen: [[500, 5_000, 2]] },
    ),
    'deadline: 2',
  );
  finds(
    'may not by what it was stopped before and after',
    withWindow(
      slower(1_000, 1_040, () => 15_001),
      {
        facadeFrozen: [
          [0, 1_000, 1],
          [17_000, 19_000, 1],
        ],
      },
    ),
    'deadline: 2',
  );
  test('may take longer for as long as a read has messages, at 5,000 a second', () => {
    const lateRead = (count: number) =>
      findLate(
        {
          window: good.window,
          posts: [],
          messages: [],
          gets: [
            { ...(good.gets[1] as GetEvent), startMs: 0, endMs: 30_000, seen: { ...seenOf([]), ranges: [[1, count]] } },
          ],
        },
        15_000,
      );
    assert.equal(lateRead(145_000).length, 0);
    assert.equal(lateRead(144_000).length, 1);
  });
  finds(
    'that outlive it without an answer are found, GETs too',
    withGet(good, 1, ({ seen, ...get }) => ({ ...get, endMs: 15_501, status: 0 })),
    'deadline: 1',
  );
  finds(
    'answered 409 are found',
    withPost(good, 300, (post) => [post, { ...retried(post), status: 409 }]),
    'conflict: 1',
  );
  finds(
    'answered 500, 502 or 400 are found',
    withGet(
      withPost(good, 300, (post) => [500, 502, 201].map((status) => ({ ...post, status }))),
      20,
      ({ seen, ...get }) => ({ ...get, status: 400 }),
    ),
    'status: 3',
  );
  finds(
    'answered 503 without Retry-After are found',
    withGet(
      withPost(good, 300, (post) => [{ ...post, status: 503 }, retried(post)]),
      20,
      ({ seen, ...get }) => ({ ...get, status: 503 }),
    ),
    'retry-after: 2',
  );
  passes(
    'answered 503 with Retry-After are no violation by themselves',
    withPost(good, 300, (post) => [refused(post), retried(post)]),
  );
  const full = withPost(good, 300, (post) => [{ ...post, status: 507 }, retried(post)]);
  finds('answered 507 are found', full, 'status: 1');
  passes('but where the members were filled', withWindow(full, { mayBeFull: true }));
  for (const status of [201, 204, 206, 409, 507])
    finds(
      `a GET that is answered ${status} is found`,
      withWindow(
        withGet(good, 20, ({ seen, ...get }) => ({ ...get, status })),
        { mayBeFull: true },
      ),
      'status: 1',
    );
});
