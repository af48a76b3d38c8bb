import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, WindowEvent } from '../history/history.ts';
import { compare, owedNumbers } from './whole-read.ts';

const post = (n: number, startMs: number, status = 201): Event => ({
  kind: 'post',
  n,
  uuid: '',
  startMs,
  endMs: startMs + 5,
  status,
});
const window = (healedMs: number, memoryLost: boolean): WindowEvent => ({
  kind: 'window',
  name: 'kill-all-members',
  seed: 1,
  startMs: 0,
  injectedMs: 0,
  healedMs,
  endMs: healedMs,
  firstN: 1,
  bars: {},
  ...(memoryLost ? { memoryLost } : {}),
});

test('a system owes what was acknowledged since it was started, each message once', () => {
  const events = [post(1, 0), post(4, 30), post(3, 20, 503), post(2, 10), post(4, 40, 200), post(5, 50, 0)];
  assert.deepEqual(owedNumbers(events, 2), [2, 4]);
});

test('it owes what the final read of a window had, acknowledged or not', () => {
  const read = (first: number, last: number) =>
    ({ ranges: [[first, last]], repeated: [], invented: [], outOfOrder: [] }) as const;
  const earlier = { ...window(100, false), finalRead: read(1, 2) };
  const here = { ...window(200, false), firstN: 3, finalRead: read(3, 4) };
  assert.deepEqual(owedNumbers([post(3, 10), post(4, 20, 0), earlier, here], 3), [3, 4]);
  assert.deepEqual(owedNumbers([here, { ...window(300, true), firstN: 5, finalRead: read(6, 6) }], 3), [6]);
});

test('it owes nothing that was acknowledged before its memory was lost', () => {
  const events = [post(1, 10), window(100, true), post(2, 90), post(3, 110)];
  assert.deepEqual(owedNumbers(events, 1), [3]);
  assert.deepEqual(owedNumbers([post(1, 10), window(100, false)], 1), [1]);
});

test('what is missing, or there twice, or cannot be read, is found', () => {
  const whole = { ranges: [[1, 9]], repeated: [] } as const;
  assert.equal(compare([1, 5, 9], whole).held, true);
  const { held, found } = compare([1, 10, 11, 13], whole);
  assert.equal(held, false);
  assert.match(found, /^of 4 messages 3 missing \(10 to 11, 13\)/);
  assert.equal(compare([1], { ...whole, repeated: [7] }).held, false);
  assert.equal(compare([1], '503').held, false);
});
