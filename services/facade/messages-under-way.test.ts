import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { beginTrace } from '../shared/message/trace.ts';
import type { Stored } from './events.ts';
import { trackWrites } from './messages-under-way.ts';

test('the earliest message under way above a key is the earliest of those that were, since it was asked for', async () => {
  const settles = new Map<string, () => void>();
  const { write, underWay } = trackWrites(
    ({ UUID }) =>
      new Promise<Stored>((resolve) => settles.set(UUID, () => resolve({ outcome: 'stored', logger: 'logger-1' }))),
  );
  const keyOf = (n: number) => `0198c0de-0000-7000-8000-00000000000${n}`;
  const add = (n: number) => void write({ UUID: keyOf(n), msg: 'x' }, beginTrace());
  async function answer(n: number): Promise<void> {
    settles.get(keyOf(n))?.();
    await turn();
  }
  add(1);
  await answer(1);
  add(3);
  add(5);
  const [all, later, none] = ['', keyOf(3), keyOf(8)].map((after) => underWay(after));
  assert.deepEqual([all?.earliest(), later?.earliest(), none?.earliest()], [keyOf(3), keyOf(5), undefined]);
  await answer(3);
  add(4);
  add(2);
  await answer(2);
  add(9);
  assert.deepEqual([all?.earliest(), later?.earliest(), none?.earliest()], [keyOf(2), keyOf(4), keyOf(9)]);
  all?.end();
  add(1);
  assert.equal(all?.earliest(), keyOf(2));
  assert.equal(underWay('').earliest(), keyOf(1));
});
