import { describe } from 'node:test';
import { finds, passes } from './judged.ts';
import { good, refused, retried, slower, withBars, withGet, withPost, withWindow } from './sample-history.ts';

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
          [500, 2_500],
          [3_000, 5_000],
        ],
      },
    ),
  );
  finds(
    'may not by what it was stopped before and after',
    withWindow(
      slower(1_000, 1_040, () => 15_001),
      {
        facadeFrozen: [
          [0, 1_000],
          [17_000, 19_000],
        ],
      },
    ),
    'deadline: 2',
  );
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
    'answered 503 with Retry-After, or 507, are no violation by themselves',
    withPost(good, 300, (post) => [refused(post), { ...post, status: 507 }, retried(post)]),
  );
});
