import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGiveWay } from './give-way.ts';

const timeOf = async (work: () => Promise<void>) => {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
};

test('a read gives way until nothing is being stored, and for 20 ms at most', async () => {
  let looks = 0;
  const stoppedClock = () => 0; // a busy machine could have no time for three looks
  await createGiveWay(() => looks++ < 2, 15_000, stoppedClock)();
  assert.equal(looks, 3);
  const tookMs = await timeOf(createGiveWay(() => true, 15_000));
  assert.ok(tookMs >= 20, `${tookMs} ms`);
});

test('in all it gives way for a third of its deadline, then no more', async () => {
  let looks = 0;
  const giveWay = createGiveWay(() => ++looks > 0, 180);
  const tookMs = await timeOf(async () => {
    for (let n = 0; n < 3; n++) await giveWay();
  });
  assert.ok(tookMs >= 59, `${tookMs} ms`);
  looks = 0;
  for (let n = 0; n < 10; n++) await giveWay();
  assert.ok(looks <= 12, `${looks} looks: at most one for each, but for one that had a moment left`);
});
