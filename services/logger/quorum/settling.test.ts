import assert from 'node:assert/strict';
import test from 'node:test';
import { createSettling } from './settling.ts';

const VIEW = [
  { name: 'member-1', process: '1', uuid: '1' },
  { name: 'member-2', process: '2', uuid: '2' },
];

/** A member whose answer takes `slowMs`; one question at a time, as the real one is asked. */
function slowMember(slowMs: number, now: () => number): (sinceMs: number) => Promise<boolean | undefined> {
  let askedMs: number | undefined;
  return async (sinceMs) => {
    if (askedMs === undefined || (askedMs < sinceMs && now() >= askedMs + slowMs)) askedMs = now();
    return askedMs >= sinceMs && now() >= askedMs + slowMs ? true : undefined;
  };
}

test('copies are in place although messages come all the time and the member answers slowly', async () => {
  let timeMs = 0;
  const now = () => timeMs;
  const settling = createSettling(slowMember(700, now), now);
  const places: boolean[] = [];
  for (let size = 0; size < 10; size++, timeMs += 100) places.push((await settling({ view: VIEW, size })).isInPlace);
  assert.deepEqual(places, [...Array(7).fill(false), true, true, true]);
});

test('a cluster whose size grows has not settled: it may be a merge', async () => {
  let timeMs = 0;
  const now = () => timeMs;
  const settling = createSettling(slowMember(0, now), now);
  for (let size = 0; size < 30; size++, timeMs += 100)
    assert.deepEqual(await settling({ view: VIEW, size }), { isInPlace: true, isSettled: false });
  timeMs += 3_000;
  assert.deepEqual(await settling({ view: VIEW, size: 29 }), { isInPlace: true, isSettled: true });
});

test('a cluster whose members do not tell has settled 10 s after the last change', async () => {
  let timeMs = 0;
  const settling = createSettling(undefined, () => timeMs);
  assert.deepEqual(await settling({ view: VIEW, size: 0 }), { isInPlace: false, isSettled: false });
  timeMs = 9_000;
  assert.deepEqual(await settling({ view: VIEW, size: 1 }), { isInPlace: false, isSettled: false });
  timeMs = 10_000;
  assert.deepEqual(await settling({ view: VIEW, size: 1 }), { isInPlace: true, isSettled: false });
  timeMs = 19_000;
  assert.deepEqual(await settling({ view: VIEW, size: 1 }), { isInPlace: true, isSettled: true });
});
