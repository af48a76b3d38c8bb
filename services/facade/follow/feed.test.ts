import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../../test/until.ts';
import type { Message } from '../../shared/message/message.ts';
import { encodeLines } from '../../shared/message/message-stream.ts';
import { Problem } from '../../shared/message/problem.ts';
import { beginTrace } from '../../shared/message/trace.ts';
import { createEvents, type StoreResult } from '../events.ts';
import { firstKeyAt } from './cursor.ts';
import { createFeed } from './feed.ts';

const STORED: StoreResult = { outcome: 'stored', logger: 'logger-1' };
const PRESENT: StoreResult = { outcome: 'present', logger: 'logger-1' };
const RANDOM = 'f0000000-0000-4000-8000-000000000001';

/** Opens a feed over a map, and a follower; `settle` is what this facade's writer tells. */
async function openFeed(t: TestContext) {
  const map = new Map<string, string>();
  const state = { isDown: false, reads: 0, delayMs: 0, laterMs: 0 };
  const events = createEvents();
  const feed = createFeed({
    events,
    async *read({ after = '' }) {
      state.reads++;
      await pause(state.delayMs);
      if (state.isDown) throw new Problem('unavailable', 'down');
      for (const UUID of [...map.keys()].sort())
        if (UUID > after) yield encodeLines([{ UUID, msg: map.get(UUID) ?? '' }]);
    },
    isUnderWay: () => false,
    now: () => Date.now() + state.laterMs,
    times: { lookMs: 5, sweepMs: 20 },
  });
  map.set(firstKeyAt(Date.now() - 100), 'before');
  const told: string[] = [];
  const { leave, next } = await feed.join(({ line }) => told.push(JSON.parse(line).msg));
  t.after(leave);
  function settle(message: Message, result: StoreResult): void {
    events.emit('answered', { message, trace: beginTrace() }, result);
  }
  /** Until all that is in the map was read by a look and by a sweep. */
  async function looked(): Promise<void> {
    const before = state.reads;
    await until('it looks', 30_000, async () => state.reads > before + 40);
  }
  return { map, state, told, next, feed, settle, looked };
}

test('what another facade stores late is told, if its key is at most a minute old', async (t) => {
  const { map, told, next, looked } = await openFeed(t);
  map.set(firstKeyAt(Date.now() - 1_000), 'soon');
  map.set(firstKeyAt(Date.now() - 40_000), 'late');
  map.set(firstKeyAt(Date.now() - 70_000), 'too late');
  map.set(RANDOM, 'of another facade, at random');
  await until('both come', 30_000, async () => told.length === 2);
  await looked();
  assert.deepEqual(told.toSorted(), ['late', 'soon']);
  // Who goes on from here has the minute before again.
  assert.ok(next() < firstKeyAt(Date.now() - 60_000) && next() > firstKeyAt(Date.now() - 75_000));
});

test('a message is told once, whether it is read or acknowledged first, and however often', async (t) => {
  const { map, told, settle, looked } = await openFeed(t);
  const read = { UUID: firstKeyAt(Date.now()), msg: 'read first' };
  map.set(read.UUID, read.msg);
  await until('it is read', 30_000, async () => told.length === 1);
  settle(read, STORED);
  const acknowledged = { UUID: firstKeyAt(Date.now()), msg: 'acknowledged first' };
  settle(acknowledged, STORED);
  map.set(acknowledged.UUID, acknowledged.msg);
  await looked();
  for (const message of [read, acknowledged]) settle(message, PRESENT);
  settle({ UUID: RANDOM, msg: 'repeated' }, PRESENT);
  assert.deepEqual(told, ['read first', 'acknowledged first']);
});

test('a message of which the facade could not say that it is stored is told when it can', async (t) => {
  const { told, settle } = await openFeed(t);
  const message = { UUID: RANDOM, msg: 'at last' };
  settle(message, new Problem('unavailable', 'no logger'));
  assert.deepEqual(told, []);
  settle(message, PRESENT);
  settle(message, PRESENT);
  assert.deepEqual(told, ['at last']);
});

test('a message whose key is of a time to come is told once', async (t) => {
  const { state, map, told, settle, looked } = await openFeed(t);
  const ahead = { UUID: firstKeyAt(Date.now() + 30_000), msg: 'ahead' };
  settle(ahead, STORED);
  map.set(ahead.UUID, ahead.msg);
  await looked();
  state.laterMs = 40_000;
  await looked();
  assert.deepEqual(told, ['ahead']);
});

test('a message that was read, though the facade could not say that it is stored, is not told again', async (t) => {
  const { state, map, told, settle, looked } = await openFeed(t);
  const message = { UUID: firstKeyAt(Date.now()), msg: 'once' };
  settle(message, new Problem('unavailable', 'no logger'));
  map.set(message.UUID, message.msg);
  await until('it is read', 30_000, async () => told.length === 1);
  state.laterMs = 120_000;
  await looked();
  settle(message, PRESENT);
  assert.deepEqual(told, ['once']);
});

test('another text under its UUID does not hide a message', async (t) => {
  const { told, settle } = await openFeed(t);
  const message = { UUID: RANDOM, msg: 'at last' };
  settle(message, new Problem('unavailable', 'no logger'));
  settle({ ...message, msg: 'another' }, { outcome: 'conflict', logger: 'logger-1' });
  settle(message, PRESENT);
  assert.deepEqual(told, ['at last']);
});

test('a look that waited long for a logger is soon followed by the next', async (t) => {
  const { state, map, told } = await openFeed(t);
  state.delayMs = 2_000;
  const { reads } = state;
  await until('one is slow', 30_000, async () => state.reads > reads);
  state.delayMs = 0;
  await pause(1_500);
  map.set(firstKeyAt(Date.now()), 'after it'); // it is read by the slow one, or by the next
  map.set(firstKeyAt(Date.now() - 20_000), 'for a sweep');
  await until('both come', 5_000, async () => told.length === 2);
});

test('where to go on stays while nothing can be read, and who is the first to join then is told so', async (t) => {
  const { state, map, told, next, looked } = await openFeed(t);
  state.isDown = true;
  await looked();
  const stays = next();
  map.set(firstKeyAt(Date.now()), 'meanwhile');
  await looked();
  assert.deepEqual([next(), told], [stays, []]);
  state.isDown = false;
  await until('it goes on', 30_000, async () => next() > stays);
  assert.deepEqual(told, ['meanwhile']);

  // biome-ignore lint/correctness/useYield: it fails before there is anything to yield.
  async function* read(): AsyncGenerator<Buffer> {
    throw new Problem('unavailable', 'down');
  }
  const feed = createFeed({ events: createEvents(), read, isUnderWay: () => false });
  await assert.rejects(
    feed.join(() => {}),
    Problem,
  );
});
