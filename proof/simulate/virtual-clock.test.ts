import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProcess, createVirtualClock } from './virtual-clock.ts';
import { installVirtualTime } from './virtual-globals.ts';

test('tasks run in the order of their times, each with all that follows from it', async () => {
  const clock = createVirtualClock();
  const process = createProcess('one', 'here');
  const done: string[] = [];
  clock.after(20, process, () => done.push(`late at ${clock.nowMs}`));
  clock.after(10, process, () => {
    done.push(`early at ${clock.nowMs}`);
    void Promise.resolve()
      .then(() => {})
      .then(() => done.push(`its promise at ${clock.nowMs}`));
  });
  await clock.run(() => false);
  assert.deepEqual(done, ['early at 10', 'its promise at 10', 'late at 20']);
});

test('a frozen process does nothing until it wakes, a dead one nothing any more', async () => {
  const clock = createVirtualClock();
  const [frozen, dead, outside] = ['frozen', 'dead', 'outside'].map((name) => createProcess(name, name));
  assert.ok(frozen && dead && outside);
  const done: string[] = [];
  for (const ms of [10, 15, 40]) clock.after(ms, frozen, () => done.push(`${ms} at ${clock.nowMs}`));
  clock.after(10, dead, () => done.push('from the dead'));
  clock.after(5, outside, () => {
    clock.freeze(frozen);
    clock.kill(dead);
  });
  clock.after(30, outside, () => clock.thaw(frozen));
  await clock.run(() => false);
  assert.deepEqual(done, ['10 at 30', '15 at 30', '40 at 40']);
});

test('timers, clocks and signals are virtual while it is installed, and the real ones afterwards', async () => {
  const before = [setTimeout, Date.now, performance.now, AbortController, AbortSignal, Error.stackTraceLimit];
  const clock = createVirtualClock();
  const process = createProcess('one', 'here', 500);
  const restore = installVirtualTime(clock);
  const seen: unknown[] = [];
  const begin = Date.now();
  clock.after(0, process, () => {
    const signal = AbortSignal.any([AbortSignal.timeout(3_000)]);
    signal.addEventListener('abort', () => seen.push(signal.reason.name, performance.now()));
    const ticking = setInterval(() => seen.push('tick'), 1_000);
    setTimeout(() => clearInterval(ticking), 2_500).unref();
    setTimeout(() => seen.push(Date.now() - begin), 4_000);
  });
  await clock.run(() => false);
  restore();
  assert.deepEqual(seen, ['tick', 'tick', 'TimeoutError', 3_000, 4_500]);
  assert.deepEqual(
    [setTimeout, Date.now, performance.now, AbortController, AbortSignal, Error.stackTraceLimit],
    before,
  );
});
