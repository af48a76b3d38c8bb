import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOf, good, retried, type Sample, slower, withPost, withWindow } from '../history/sample-history.ts';
import { groupByWindow } from '../history/window-traffic.ts';
import { bucketsOf } from './buckets.ts';

function bucketsIn(sample: Sample) {
  const [traffic] = groupByWindow(eventsOf(sample)).traffic;
  assert.ok(traffic);
  return bucketsOf(traffic);
}

test('a bucket has the rates of what ended in it, and the times of what started in it', () => {
  // Messages 100 to 112 start in the first 250 ms. 101 fails only in the third bucket, and is stored by a retry there.
  const sample = withPost(good, 101, (post) => {
    const failed = { ...post, status: 0, endMs: 600 };
    return [failed, retried(failed)];
  });
  const buckets = bucketsIn(sample);
  assert.equal(buckets.length, 84);
  const expected = {
    fromMs: 0,
    toMs: 250,
    stored: 48,
    failed: 0,
    p50Ms: 5,
    p99Ms: 580,
    slowestMs: 580,
    slowestFailedMs: 580,
  };
  assert.deepEqual(buckets[0], { ...expected, slowestGetMs: 10 });
  assert.deepEqual([buckets[2]?.failed, buckets[2]?.slowestFailedMs], [4, Number.NaN]);
});

test('a bucket without requests has rates of 0 and no times', () => {
  const { fromMs, toMs, stored, failed, ...times } = bucketsIn(good).at(-1) ?? {};
  assert.deepEqual([fromMs, toMs, stored, failed], [20_750, 21_000, 0, 0]);
  assert.ok(Object.values(times).every(Number.isNaN));
});

test('what ends after the window counts in its last bucket', () => {
  assert.equal(bucketsIn(slower(0, 20, () => 99_000)).at(-1)?.stored, 4);
});

test('a long window has wider buckets, not more', () => {
  const buckets = bucketsIn(withWindow(good, { endMs: 3_600_000 }));
  assert.ok(buckets.length > 240 && buckets.length <= 480);
  assert.equal((buckets[0]?.toMs ?? 0) % 250, 0);
});
