import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validate, version } from 'uuid';
import { createMessageIds } from './message-ids.ts';

test('ids are UUIDs of version 7, each another one, in the order of their making', () => {
  const createId = createMessageIds();
  const ids = Array.from({ length: 10_000 }, createId);
  assert.ok(ids.every((id) => validate(id) && version(id) === 7));
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual([...ids].sort(), ids);
});

test('an id tells the time of its making', () => {
  const createId = createMessageIds({ now: () => 0x0123456789ab });
  assert.match(createId(), /^01234567-89ab-7/);
});

test('the order stays while the clock goes back', () => {
  let time = 2_000;
  // The counter begins as high as it can.
  const createId = createMessageIds({ now: () => time, fillRandom: (bytes) => bytes.fill(0xff) });
  const first = createId();
  time = 1_000;
  const second = createId();
  assert.ok(second > first);
  assert.equal(second.slice(0, 13), first.slice(0, 13));
  time = 2_001;
  assert.ok(createId() > second);
});

test('two makers do not make the same ids, nor does one when its random bytes are used up', () => {
  const now = () => 1_000;
  const makers = [createMessageIds({ now }), createMessageIds({ now })];
  const ids = makers.flatMap((createId) => Array.from({ length: 1_000 }, createId));
  assert.equal(new Set(ids.map((id) => id.slice(-12))).size, ids.length);
});
