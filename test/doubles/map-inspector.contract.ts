import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { v7 } from 'uuid';
import type { MessageStore } from '../../services/logger/message-store.ts';
import type { MapInspector } from '../../services/logger/reading/inspect/map-inspector.ts';

const never = new AbortController().signal;

/** Tests what every inspector promises, on a store that may hold other messages as well. */
export function testMapInspector(getStore: () => MessageStore, inspector: () => MapInspector): void {
  async function store(texts: readonly string[]): Promise<string[]> {
    const messages = texts.map((msg) => ({ UUID: v7(), msg }));
    await getStore().store(messages);
    return messages.map(({ UUID }) => UUID);
  }
  const older = (before?: string, limit = 10, text?: string) => inspector().older({ before, limit, text }, never);

  test('gives the newest messages, and those before them, newest first', async () => {
    const [first, second, third] = await store(['one', 'two', 'three']);
    // Others may have keys that sort after all of the present.
    assert.deepEqual(await older(v7(), 2), [
      { UUID: third, msg: 'three' },
      { UUID: second, msg: 'two' },
    ]);
    assert.deepEqual(await older(second, 1), [{ UUID: first, msg: 'one' }]);
  });

  test('finds texts that contain one, in whatever case, whatever its characters mean elsewhere', async () => {
    const mark = randomUUID();
    const texts = ['100%_\\E.*(a+)+$', 'ÄÖÜ straße 😀', 'two\nlines', 'other'].map((text) => `${mark} ${text}`);
    const UUIDs = await store(texts);
    for (const [index, wanted] of ['100%_\\E.*(A+)+$', 'äöü STRA', '😀', 'two\nlines'].entries()) {
      const expected = [0, 1, 1, 2][index] ?? -1;
      const found = await older(undefined, 10, wanted);
      assert.deepEqual(
        found.filter(({ msg }) => msg.startsWith(mark)),
        [{ UUID: UUIDs[expected], msg: texts[expected] }],
        wanted,
      );
    }
    assert.equal((await older(undefined, 10, mark.toUpperCase())).length, 4);
    assert.deepEqual(await older(undefined, 10, `${mark} .*`), []);
  });

  test('tells where a message is, and which are missing', async () => {
    const [UUID = ''] = await store(['placed']);
    const absent = v7();
    const { members, owners, copies } = await inspector().layout();
    const place = await inspector().find(UUID);
    assert.equal(place.msg, 'placed');
    assert.equal(place.owner, members[owners[place.partition] ?? -1]);
    assert.equal(place.backups?.length, copies);
    assert.equal((await inspector().find(absent)).msg, undefined);
    assert.deepEqual(await inspector().missing([UUID, absent]), [absent]);
  });

  test('counts every entry in the partition of its key, and says that it is exact', async () => {
    await store(Array.from({ length: 20 }, (_, n) => `counted ${n}`));
    const before = await exactLayout();
    const UUIDs = await store(Array.from({ length: 30 }, (_, n) => `counted as well ${n}`));
    const after = await exactLayout(before.size + 30);
    const expected = [...before.entries];
    for (const UUID of UUIDs) {
      const { partition } = await inspector().find(UUID);
      expected[partition] = (expected[partition] ?? 0) + 1;
    }
    assert.deepEqual(after.entries, expected);
    assert.equal(after.duplicated, 0);
  });

  /** Counting is not done at once where much is stored. */
  async function exactLayout(size = 0) {
    for (;;) {
      const layout = await inspector().layout();
      if (layout.isExact && layout.size >= size) return layout;
    }
  }
}
