import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { v4 } from 'uuid';
import { openInProcess, openLogger } from '../../test/in-process.ts';
import { createMemoryStore } from '../logger/memory-store.ts';

/** Messages whose text says so are stored late, however many others are stored meanwhile. */
function createUnevenStore() {
  const store = createMemoryStore();
  return {
    ...store,
    async store(...[messages]: Parameters<typeof store.store>) {
      if (messages.some(({ msg }) => msg.startsWith('slow'))) await pause(300);
      return store.store(messages);
    },
  };
}

for (const [whose, ownKey] of [
  ['this facade makes', () => undefined],
  ['callers give', v4],
] as const) {
  test(`who goes on from page to page, while messages are stored, misses none whose UUID ${whose}`, async (t) => {
    const { url, close } = await openInProcess({ loggers: [await openLogger(createUnevenStore())] });
    t.after(close);
    const acknowledged: string[] = [];
    const post = async (msg: string) => {
      const UUID = ownKey();
      const body = new URLSearchParams({ msg, ...(UUID === undefined ? {} : { UUID }) });
      const response = await fetch(url, { method: 'POST', body });
      assert.equal(response.status, 201);
      acknowledged.push(msg);
    };
    const posts: Promise<void>[] = [];
    const read: string[] = [];
    let after = '';
    let isCut = false;
    const readOn = async () => {
      const response = await fetch(`${url}/?limit=20${after && `&after=${after}`}`, {
        headers: { Accept: 'application/json' },
      });
      const { messages, next } = (await response.json()) as { messages: { UUID: string; msg: string }[]; next: string };
      read.push(...messages.map(({ msg }) => msg));
      after = next ?? messages.at(-1)?.UUID ?? after;
      isCut ||= next !== null && messages.length < 20;
      return next !== null;
    };
    if (whose === 'callers give') {
      // What is under way when the reader begins, and nothing that comes behind its back.
      posts.push(...Array.from({ length: 4 }, (_, n) => post(`slow ${n}`)));
      await pause(70);
      await Promise.all(Array.from({ length: 8 }, (_, n) => post(`fast ${n}`)));
      while (await readOn());
    } else {
      for (let n = 0; n < 60; n++) {
        posts.push(post(n % 7 === 0 ? `slow ${n}` : `fast ${n}`));
        await Promise.all([pause(15), readOn()]);
      }
      await Promise.all(posts);
      while (await readOn());
    }
    await Promise.all(posts);
    assert.deepEqual(read.toSorted(), acknowledged.toSorted());
    assert.ok(isCut, 'a page ended before a message under way');
  });
}
