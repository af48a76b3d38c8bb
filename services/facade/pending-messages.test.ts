import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../shared/message/problem.ts';
import { beginTrace } from '../shared/message/trace.ts';
import { createSilentLog } from '../shared/observing/log.ts';
import { createPendingMessages } from './pending-messages.ts';

function openWaiting({ usable = true } = {}) {
  const isUsable = () => usable;
  const log = createSilentLog();
  return createPendingMessages({ requestTimeoutMs: 600, outageTimeoutMs: 150, isUsable, log });
}
const message = { UUID: '0198c0de-0000-7000-8000-000000000001', msg: 'x' };
const trace = beginTrace();

/** A sweep's timer does not keep a process alive; a test does. */
async function kept<T>(promise: Promise<T>): Promise<T> {
  const keeper = setInterval(() => {}, 1_000);
  return promise.finally(() => clearInterval(keeper));
}

test('only the first outcome counts', async () => {
  const { pending, outcome } = openWaiting().add(message, trace);
  assert.equal(pending.isSettled, false);
  pending.settle({ outcome: 'stored', logger: 'logger-1' });
  pending.settle(new Problem('unavailable', 'too late'));
  assert.equal(pending.isSettled, true);
  assert.deepEqual(await outcome, { outcome: 'stored', logger: 'logger-1' });
});

test('a message without an outcome is given up in time, sooner while no logger can be used', async () => {
  const began = performance.now();
  const sooner = openWaiting({ usable: false })
    .add(message, trace)
    .outcome.then(() => performance.now() - began);
  const later = openWaiting()
    .add(message, trace)
    .outcome.then(() => performance.now() - began);
  const [outageMs, requestMs] = await kept(Promise.all([sooner, later]));
  assert.ok(outageMs >= 150 && requestMs >= 600 && outageMs < requestMs, `${outageMs} ms, ${requestMs} ms`);
});

test('the caller is told whether the message may be stored', async () => {
  const waiting = openWaiting({ usable: false });
  const untried = waiting.add(message, trace);
  const tried = waiting.add(message, trace);
  tried.pending.noteAttempt();
  tried.pending.noteError(new Error('gone'));
  const [one, other] = await kept(Promise.all([untried.outcome, tried.outcome]));
  assert.ok(one instanceof Problem && other instanceof Problem);
  assert.match(one.message, /is not stored/);
  assert.match(other.message, /may be/);
  assert.equal(other.members.UUID, message.UUID);
  assert.equal((other.cause as Error).message, 'gone');
});

test('the earliest message under way above a key is the earliest of those that were, since it was asked for', () => {
  const waiting = openWaiting();
  const keyOf = (n: number) => `0198c0de-0000-7000-8000-00000000000${n}`;
  const add = (n: number) => waiting.add({ UUID: keyOf(n), msg: 'x' }, trace).pending;
  const settle = (pending: ReturnType<typeof add>) => pending.settle({ outcome: 'stored', logger: 'logger-1' });
  settle(add(1));
  const third = add(3);
  add(5);
  const [all, later, none] = ['', keyOf(3), keyOf(8)].map((after) => waiting.underWay(after));
  assert.deepEqual([all?.earliest(), later?.earliest(), none?.earliest()], [keyOf(3), keyOf(5), undefined]);
  settle(third);
  add(4);
  settle(add(2));
  add(9);
  assert.deepEqual([all?.earliest(), later?.earliest(), none?.earliest()], [keyOf(2), keyOf(4), keyOf(9)]);
  all?.end();
  add(1);
  assert.equal(all?.earliest(), keyOf(2));
  assert.equal(waiting.underWay('').earliest(), keyOf(1));
});
