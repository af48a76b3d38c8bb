import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createJournal } from './journal.ts';

function openJournal() {
  const clock = { nowMs: 0 };
  const journal = createJournal(() => clock.nowMs);
  const add = (isAlone: boolean, ...texts: string[]) =>
    journal.add(
      texts.map((msg) => ({ UUID: msg, msg })),
      isAlone,
    );
  return { clock, journal, add, texts: () => journal.messages().map(({ msg }) => msg) };
}

test('what was stored is kept for 10 s', () => {
  const { clock, add, texts } = openJournal();
  add(false, 'a');
  clock.nowMs = 6_000;
  add(false, 'b');
  assert.deepEqual(texts(), ['a', 'b']);
  clock.nowMs = 11_000;
  assert.deepEqual(texts(), ['b']);
  clock.nowMs = 17_000;
  assert.deepEqual(texts(), []);
});

test('what was stored alone is kept until 10 s after the cluster is larger again', () => {
  const { clock, add, texts } = openJournal();
  add(true, 'a');
  clock.nowMs = 3_600_000;
  assert.deepEqual(texts(), ['a']);
  add(false, 'b');
  clock.nowMs += 9_000;
  assert.deepEqual(texts(), ['a', 'b']);
  clock.nowMs += 2_000;
  assert.deepEqual(texts(), []);
});

test('it does not grow beyond its limit: the oldest go', () => {
  const { add, texts, journal } = openJournal();
  const long = 'x'.repeat(65_536);
  for (let n = 0; n < 2_000; n++) add(true, `${n} ${long}`);
  const kept = texts();
  assert.ok(kept.length <= 512 && kept.length > 0, `${kept.length} kept`);
  assert.ok(kept.at(-1)?.startsWith('1999 '));
  journal.clear();
  assert.deepEqual(texts(), []);
});
