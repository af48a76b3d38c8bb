import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { LONG_LENGTH } from './key-order.ts';
import { createLongTexts, type LongTexts } from './long-texts.ts';

const short = [{ UUID: '1', msg: 'x'.repeat(LONG_LENGTH) }];
const long = [...short, { UUID: '2', msg: 'x'.repeat(LONG_LENGTH + 1) }];
type Access = Parameters<LongTexts['begin']>[0];

let marks: Map<string, number>;
let isEmpty: boolean;
let sets: number;
const session: Access = {
  call: (promise) => promise,
  write: (promise) => promise,
  maps: {
    messages: { isEmpty: async () => isEmpty },
    usage: {
      get: async (key) => marks.get(key) ?? null,
      set: async (key, value) => {
        sets++;
        marks.set(key, value);
      },
      putIfAbsent: async (key, value) => {
        const before = marks.get(key) ?? null;
        marks.set(key, before ?? value);
        return before;
      },
    },
  } as Access['maps'],
};

beforeEach(() => {
  marks = new Map();
  isEmpty = true;
  sets = 0;
});

test('members that were empty have no long texts until one is noted, by any logger', async () => {
  const [one, other] = [createLongTexts(), createLongTexts()];
  await one.begin(session);
  assert.equal(await other.mayBeThere(session), false);
  await one.note(session, short);
  assert.equal(await other.mayBeThere(session), false);
  await one.note(session, long);
  assert.equal(await other.mayBeThere(session), true);
  await other.begin(session);
  assert.equal(await other.mayBeThere(session), true);
});

test('where messages are there already and nobody made the mark, there may be some', async () => {
  isEmpty = false;
  const longTexts = createLongTexts();
  await longTexts.begin(session);
  assert.equal(await longTexts.mayBeThere(session), true);
});

test('the mark is made once in 10 s, and anew for another session', async () => {
  const clock = { nowMs: 0 };
  const longTexts = createLongTexts(() => clock.nowMs);
  await longTexts.begin(session);
  for (const nowMs of [0, 9_999, 10_000]) {
    clock.nowMs = nowMs;
    await longTexts.note(session, long);
  }
  assert.equal(sets, 2);
  marks.clear();
  await longTexts.begin(session);
  await longTexts.note(session, long);
  assert.equal(await longTexts.mayBeThere(session), true);
});

test('a mark that could not be made is not taken for made', async () => {
  const longTexts = createLongTexts();
  const failing: Access = { ...session, write: () => Promise.reject(new Error('gone')) };
  await assert.rejects(longTexts.note(failing, long), /gone/);
  await longTexts.note(session, long);
  assert.equal(await longTexts.mayBeThere(session), true);
});
