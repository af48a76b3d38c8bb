import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decades, linearScale, logScale, ticksUpTo, ticksWithin } from './axis.ts';

test('ticks are round, and reach as far as the values', () => {
  assert.deepEqual(ticksUpTo(560, 4), [0, 200, 400, 600]);
  assert.deepEqual(ticksUpTo(0, 4), [0, 0.5, 1]);
  assert.deepEqual(ticksWithin(49, 71, 12), [50, 52, 54, 56, 58, 60, 62, 64, 66, 68, 70]);
  assert.deepEqual(decades(1, 101), [1, 10, 100, 1000]);
  assert.deepEqual(decades(1, 100), [1, 10, 100]);
});

test('scales map both ends, and a logarithmic one every tenfold alike', () => {
  assert.deepEqual([0, 5, 10].map(linearScale(10, 100, 0)), [100, 50, 0]);
  assert.deepEqual(
    [0, 1, 10, 100].map((ms) => Math.round(logScale(1, 100, 100, 0)(ms))),
    [100, 100, 50, 0],
  );
});
