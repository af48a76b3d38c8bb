import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createMemoryStore } from '../../test/doubles/memory-store.ts';
import { openInProcess, openLogger } from '../../test/in-process.ts';

/** Opens a system that stores messages late whose text says so, however many others are stored meanwhile; and a reader of pages. */
async function openUneven(t: TestContext, late: () => Promise<unknown>) {
  const store = createMemoryStore();
  const uneven = {
    ...store,
    async store(...[messages]: Parameters<typeof store.store>) {
      if (messages.some(({ msg }) => msg.startsWith('late'))) await late();
      return store.store(messages);
    },
  };
  const { url, close } = await openInProcess({ loggers: [await openLogger(uneven)] });
  t.after(close);
  const acknowledged: string[] = [];
  const read: string[] = [];
  let after = '';
  return {
    acknowledged,
    read,
    async post(msg: string, UUID?: string) {
      const body = new URLSearchParams({ msg, ...(UUID === undefined ? {} : { UUID }) });
      assert.equal((await fetch(url, { method: 'POST', body })).status, 201);
      acknowledged.push(msg);
    },
    /** Reads the next page; tells how it ended. */
    async readOn(): Promise<'full' | 'cut' | 'end'> {
      const response = await fetch(`${url}/?limit=20${after && `&after=${after}`}`, {
        headers: { Accept: 'application/json' },
      });
      const { messages, next } = JSON.parse(await response.text());
      read.push(...messages.map(({ msg }: { msg: string }) => msg));
      after = next ?? messages.at(-1)?.UUID ?? after;
      return next === null ? 'end' : messages.length < 20 ? 'cut' : 'full';
    },
  };
}

test('who goes on from page to page while messages are stored misses none, and has none twice', async (t) => {
  const { acknowledged, read, post, readOn } = await openUneven(t, () => pause(200));
  const posts: Promise<void>[] = [];
  const ends: string[] = [];
  for (let n = 0; n < 60; n++) {
    posts.push(post(n % 7 === 0 ? `late ${n}` : `soon ${n}`));
    ends.push((await Promise.all([readOn(), pause(15)]))[0]);
  }
  await Promise.all(posts);
  while ((await readOn()) !== 'end');
  assert.deepEqual(read.toSorted(), acknowledged.toSorted());
  assert.ok(ends.includes('cut'));
});

test('a page ends before a message under way whose UUID its caller gave, and goes on from there', async (t) => {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { read, post, readOn } = await openUneven(t, () => released);
  const keyOf = (digit: string) => `${digit}0000000-0000-4000-8000-000000000001`;
  const late = post('late 5', keyOf('5'));
  await pause(70); // so that the others are no part of its batch
  await Promise.all(['1', '3', '7', 'a'].map((digit) => post(`soon ${digit}`, keyOf(digit))));
  assert.deepEqual([await readOn(), await readOn()], ['cut', 'cut']);
  assert.deepEqual(read, ['soon 1', 'soon 3']);
  release();
  await late;
  assert.equal(await readOn(), 'end');
  assert.deepEqual(read, ['soon 1', 'soon 3', 'late 5', 'soon 7', 'soon a']);
});
