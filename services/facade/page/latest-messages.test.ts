import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLatestMessages, rowOf } from './latest-messages.ts';
import { createPace } from './pace.ts';
import type { Way } from './write-watch.ts';

const message = (n: number) => ({ UUID: `uuid-${n}`, msg: `text ${n}` });
const way = (n: number): Way => ({
  UUID: `uuid-${n}`,
  arrivedMs: n,
  attempts: [{ logger: 'logger-1', beganMs: n, endedMs: n + 1 }],
  logger: 'logger-1',
  at: n,
  tookMs: 1.234,
});

test('a frame has what came since the last one, and there is none when nothing came', () => {
  const latest = createLatestMessages(() => 0);
  assert.equal(latest.take(), undefined);
  latest.note(message(1), way(1));
  const row = {
    UUID: 'uuid-1',
    text: 'text 1',
    length: 6,
    at: 1,
    tookMs: 1.2,
    logger: 'logger-1',
    tried: ['logger-1'],
  };
  assert.deepEqual(latest.take(), { rows: [row], skipped: 0 });
  assert.equal(latest.take(), undefined);
});

test('at 200 a second every message is shown, also after a stall of two seconds', () => {
  let nowMs = 0;
  const latest = createLatestMessages(() => nowMs);
  let shown = 0;
  for (let second = 0; second < 30; second += 2) {
    nowMs = second * 1_000;
    for (let n = 0; n < 400; n++) latest.note(message(n), way(n));
    const frame = latest.take();
    assert.equal(frame?.skipped, 0);
    shown += frame?.rows.length ?? 0;
  }
  assert.equal(shown, 6_000);
});

test('of too many some are shown, and the others are counted', () => {
  let nowMs = 0;
  const latest = createLatestMessages(() => nowMs);
  let shown = 0;
  let skipped = 0;
  for (; nowMs < 10_000; nowMs += 200) {
    for (let n = 0; n < 1_000; n++) latest.note(message(n), way(n));
    const frame = latest.take();
    shown += frame?.rows.length ?? 0;
    skipped += frame?.skipped ?? 0;
  }
  assert.equal(shown + skipped, 50_000);
  assert.ok(shown >= 3_000 && shown <= 3_600, String(shown));
});

test('a row has the beginning of its text, and no way if that is not known', () => {
  const { text, length, logger } = rowOf({ UUID: 'uuid', msg: 'x'.repeat(300) }, undefined);
  assert.deepEqual([text, length, logger], ['x'.repeat(200), 300, undefined]);
});

test('the pace has a figure for each second, also for an empty one', () => {
  let nowMs = 5_000;
  const pace = createPace(() => nowMs);
  for (let ms = 1; ms <= 100; ms++) pace.note(ms);
  nowMs = 7_100;
  pace.note(7);
  assert.deepEqual(pace.seconds(), [
    { second: 5, count: 100, p50Ms: 50, p99Ms: 99 },
    { second: 6, count: 0, p50Ms: 0, p99Ms: 0 },
  ]);
  nowMs = 8_000;
  assert.deepEqual(pace.seconds(6), [{ second: 7, count: 1, p50Ms: 7, p99Ms: 7 }]);
});
