import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  all,
  failed,
  finalReadOf,
  good,
  retried,
  type Sample,
  seenOf,
  span,
  uuidOf,
  withGet,
  without,
  withPost,
  withSeen,
  withWindow,
} from '../history/sample-history.ts';
import { finds, passes, verdictOf } from './judged.ts';

describe('a lost message', () => {
  const lacking = (...numbers: readonly number[]) =>
    withWindow({ ...good, gets: good.gets.slice(0, 1) }, { finalRead: finalReadOf(without(...numbers)) });

  finds('is found', lacking(300, 400), 'lost: 2');
  finds('is found at either end', lacking(100, 1099), 'lost: 2');
  finds(
    'is found when only a retry was acknowledged',
    withPost(lacking(300), 300, (post) => [failed(post), retried(post)]),
    'lost: 1',
  );
  finds('may be all of them', lacking(...all), 'lost: 1000');
  // Read 39 is the last one, and has it.
  finds(
    'is found when it was not acknowledged, but was read',
    withPost({ ...lacking(300), gets: good.gets.slice(39) }, 300, (post) => [failed(post)]),
    'lost: 1',
  );

  test('is told with examples', () => {
    const [violation] = verdictOf(lacking(...span(300, 310))).violations;
    assert.deepEqual(violation, {
      window: 'a fault',
      seed: 1,
      rule: 'lost',
      detail: '11 messages that were acknowledged or read are not in the final read: 300; 301; 302; 303; 304; …',
      count: 11,
      timing: false,
    });
  });

  test('cannot be ruled out without a final read', () => {
    const { finalRead, ...window } = good.window;
    assert.ok(finalRead);
    assert.deepEqual(
      verdictOf({ ...good, window }).violations.map(({ rule }) => rule),
      ['unread'],
    );
  });
});

describe('where memory was lost on purpose', () => {
  // Message 400 is posted at 6,000 ms, at the injection; 600 at 10,000 ms, at the healing.
  const kept = span(600, 1099);
  const lostMemory = (finalNumbers: readonly number[]): Sample => ({
    posts: good.posts,
    gets: good.gets.map((get) => {
      if (get.startMs < 6_000) return get;
      const [[, last = 0] = []] = get.seen?.ranges ?? [];
      return { ...get, seen: seenOf(kept.filter((n) => n <= last)) };
    }),
    window: { ...good.window, memoryLost: true, finalRead: finalReadOf(finalNumbers) },
  });

  passes('messages from before the healing may be gone', lostMemory(kept));
  finds('messages from after it may not', lostMemory(kept.slice(1)), 'lost: 1');
  passes(
    'a message that was posted before it and acknowledged after it may be gone',
    withPost(lostMemory(kept), 599, (post) => [{ ...post, endMs: 10_050 }]),
  );
  finds(
    'a message that was acknowledged again after it may not',
    withPost(lostMemory(kept), 500, (post) => [post, { ...post, startMs: 19_990, endMs: 19_999, status: 200 }]),
    'lost: 1',
  );
  finds(
    'a message that was not acknowledged, but was read after it, may not',
    withGet(
      withPost(lostMemory(kept.slice(1)), 600, (post) => [failed(post)]),
      39,
      (get) => ({ ...get, seen: seenOf(span(600, 1074)) }),
    ),
    'lost: 1',
  );
  finds(
    'a read from before the injection has to have all messages nonetheless',
    withGet(lostMemory(kept), 11, (get) => ({ ...get, seen: seenOf(span(100, 200)) })),
    'stale: 1',
  );
  finds(
    'a read from long after it has to have the new ones',
    withGet(lostMemory(kept), 39, (get) => ({ ...get, seen: seenOf(span(601, 1074)) })),
    'stale: 1',
  );
});

describe('a duplicated message', () => {
  finds('is found in a read', withSeen(seenOf([...span(100, 599), 200, 300])), 'duplicated: 2');
  finds(
    'is found in the final read',
    withWindow(good, { finalRead: { ...finalReadOf(all), repeated: [7] } }),
    'duplicated: 1',
  );
  finds(
    'is found by its two acknowledged UUIDs',
    withPost(good, 300, (post) => [post, { ...retried(post), uuid: uuidOf(9300) }]),
    'duplicated: 1',
    'wrong UUID: 1',
  );
  passes(
    'is not a message whose first UUID was not acknowledged',
    withPost(good, 300, (post) => [{ ...failed(post), uuid: '' }, retried(post)]),
  );
});

describe('a wrong UUID', () => {
  const final = finalReadOf(all);
  finds(
    'is found',
    withWindow(good, { finalRead: { ...final, uuids: { ...final.uuids, 300: uuidOf(1), 301: uuidOf(2) } } }),
    'wrong UUID: 2',
  );
  finds('is one that is not there', withWindow(good, { finalRead: { ...final, uuids: {} } }), 'wrong UUID: 1000');
  finds(
    'cannot be ruled out if the final read has none',
    withWindow(good, { finalRead: seenOf(all) }),
    'wrong UUID: 1',
  );
});
