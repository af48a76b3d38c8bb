import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyAt } from '../key-sketch.ts';
import { createKeyTally } from './key-tally.ts';

const NOW = 1_700_000_000_000;
const key = (ms: number, number = 0) => `${keyAt(ms)}-7000-8000-${String(number).padStart(12, '0')}`;

/** A map whose keys are in partition 0 or 1 by their last digit; it counts how many keys it has handed out. */
function createMap(keys: string[] = []) {
  const map = { keys, handedOut: 0, nowMs: NOW, sizeError: 0 };
  const tally = createKeyTally({
    partitionCount: 2,
    partitionOf: (one) => Number(one.at(-1)) % 2,
    size: async () => new Set(map.keys).size + map.sizeError,
    async *keys({ after, before = '~' }) {
      for (const one of [...map.keys].sort()) {
        if (one <= after || one >= before) continue;
        map.handedOut++;
        yield [one];
      }
    },
    now: () => map.nowMs,
  });
  return { map, tally };
}

test('the first look counts everything, in its partitions', async () => {
  const { tally } = createMap([key(1, 1), key(NOW, 2), key(NOW + 9, 3)]);
  assert.deepEqual(await tally.look(), { entries: [1, 2], size: 3, isExact: true, duplicated: 0 });
});

test('a later look reads the keys of the last seconds only, and none if nothing has come', async () => {
  const { map, tally } = createMap(Array.from({ length: 100 }, (_, n) => key(NOW - 60_000 + n, n)));
  await tally.look();
  map.handedOut = 0;
  assert.equal((await tally.look()).isExact, true);
  assert.equal(map.handedOut, 0);
  map.nowMs += 500;
  map.keys.push(key(NOW + 400, 7));
  assert.deepEqual(await tally.look(), { entries: [50, 51], size: 101, isExact: true, duplicated: 0 });
  assert.equal(map.handedOut, 1);
});

test('a key that comes late is not counted twice, nor left out', async () => {
  const { map, tally } = createMap([key(NOW, 1)]);
  await tally.look();
  map.nowMs += 1_000;
  map.keys.push(key(NOW - 500, 2), key(NOW + 900, 3));
  assert.deepEqual((await tally.look()).entries, [1, 2]);
});

test('a key from long ago makes the count inexact until all is counted anew', async () => {
  const { map, tally } = createMap([key(NOW, 1)]);
  await tally.look();
  map.keys.push(key(5, 2));
  const looks = [await tally.look(), await tally.look(), await tally.look()];
  assert.deepEqual(
    looks.map(({ isExact }) => isExact),
    [false, false, true],
  );
  assert.deepEqual(looks[2]?.entries, [1, 1]);
});

test('a count that the map’s own size contradicts is never called exact', async () => {
  const { map, tally } = createMap([key(NOW, 1)]);
  map.sizeError = 1;
  for (let n = 0; n < 5; n++) assert.equal((await tally.look()).isExact, false);
});

test('a key that is read twice is reported, and counted once', async () => {
  const { tally } = createMap([key(NOW, 1), key(NOW, 1), key(NOW, 2)]);
  assert.deepEqual(await tally.look(), { entries: [1, 1], size: 2, isExact: true, duplicated: 1 });
});

test('after a look that failed half way all is counted anew', async () => {
  const { map, tally } = createMap([key(NOW, 1)]);
  await tally.look();
  const [, , broken] = [map.keys.push(key(NOW, 2)), map.keys.push(key(NOW, 3)), map.keys];
  let left = 1;
  map.keys = new Proxy(broken, {
    get(target, name) {
      if (name === Symbol.iterator && left-- === 0) throw new Error('the member left');
      return Reflect.get(target, name);
    },
  });
  await assert.rejects(tally.look(), /the member left/);
  map.keys = broken;
  assert.deepEqual(await tally.look(), { entries: [1, 2], size: 3, isExact: true, duplicated: 0 });
});
