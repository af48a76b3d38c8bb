import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMapWriter } from './map-writer.ts';

const message = { UUID: '0198c0de-0000-7000-8000-000000000001', msg: 'first' };

/** A map; `between` is called after each look at an entry, as another caller or a merge would come between. */
function createMap(text: string | undefined, between: (texts: Map<string, string>) => void = () => {}) {
  const texts = new Map(text === undefined ? [] : [[message.UUID, text]]);
  const lookAt = async (key: string) => {
    const existing = texts.get(key) ?? null;
    await Promise.resolve();
    return existing;
  };
  return {
    texts,
    async get(key: string) {
      const existing = await lookAt(key);
      between(texts);
      return existing;
    },
    async putIfAbsent(key: string, value: string) {
      const existing = await lookAt(key);
      if (existing === null) texts.set(key, value);
      between(texts);
      return existing;
    },
    async replaceIfSame(key: string, before: string, next: string) {
      if ((await lookAt(key)) !== before) return false;
      texts.set(key, next);
      return true;
    },
    async setAll(entries: [string, string][]) {
      for (const [key, value] of entries) texts.set(key, value);
    },
    // What the map has too, and must not be used: it would write over any text.
    async set(key: string, value: string) {
      texts.set(key, value);
    },
  };
}

type Texts = Parameters<typeof createMapWriter>[0] extends () => { readonly maps: { readonly messages: infer T } }
  ? T
  : never;
const writerOf = (messages: Texts) => createMapWriter(() => ({ maps: { messages }, write: (promise) => promise }));
const storeOne = async (map: Texts, one: typeof message) => (await writerOf(map).store([one]))[0];
const storeOneAgain = async (map: Texts, one: typeof message) => (await writerOf(map).storeAgain([one]))[0];

test('a message is stored, or is present, or its UUID is taken', async () => {
  for (const [text, stored, found] of [
    [undefined, 'stored', 'full'],
    ['first', 'present', 'present'],
    ['second', 'conflict', 'conflict'],
  ] as const) {
    const map = createMap(text);
    assert.equal(await storeOneAgain(map, message), found);
    assert.equal(await storeOne(map, message), stored);
    assert.equal(map.texts.get(message.UUID), text ?? 'first');
  }
});

for (const [name, storeOrFind] of Object.entries({ storeOne, storeOneAgain })) {
  test(`a text that takes the UUID of one that was just seen, and is gone, keeps it: ${name}`, async () => {
    const map = createMap('first', (texts) => texts.set(message.UUID, 'second'));
    assert.equal(await storeOrFind(map, message), 'conflict');
    assert.equal(map.texts.get(message.UUID), 'second');
  });
}

test('a text that is gone after it was seen is stored', async () => {
  let looks = 0;
  const map = createMap('first', (texts) => ++looks === 1 && texts.delete(message.UUID));
  assert.equal(await storeOne(map, message), 'stored');
  assert.equal(map.texts.get(message.UUID), 'first');
});

test('a text that comes and goes is an error before long', async () => {
  let looks = 0;
  const map = createMap('first', (texts) => {
    looks++;
    texts.delete(message.UUID);
  });
  const comesBack = {
    ...map,
    replaceIfSame: async () => {
      map.texts.set(message.UUID, 'first');
      return false;
    },
  };
  await assert.rejects(storeOne(comesBack, message), { code: 'unavailable' });
  assert.ok(looks < 10, `${looks} looks`);
});
