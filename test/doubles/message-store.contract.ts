import assert from 'node:assert/strict';
import { test } from 'node:test';
import { v4, v7 } from 'uuid';
import type { MessageStore } from '../../services/logger/message-store.ts';
import type { Message, ReadRange } from '../../services/shared/message/message.ts';

/** Tests what every MessageStore promises; `getStore` gives the one store that all of them use. */
export function testMessageStore(getStore: () => MessageStore): void {
  async function read(range: ReadRange = {}): Promise<Message[]> {
    const messages: Message[] = [];
    for await (const page of getStore().read(range, new AbortController().signal)) messages.push(...page);
    return messages;
  }

  test('what is stored is read back as it was, whatever its characters', async () => {
    const texts = ['plain', '', ' ', '😀', 'مرحبا', 'a\r\nb', '\0', '\u2028', '"\\', 'x'.repeat(65_536), '<script>'];
    const messages = texts.map((msg) => ({ UUID: v7(), msg }));
    const before = messages[0]?.UUID ?? '';
    assert.deepEqual(
      await getStore().store(messages),
      texts.map(() => 'stored'),
    );
    const after = (await read()).filter(({ UUID }) => UUID >= before);
    assert.deepEqual(after, messages);
  });

  test('a UUID keeps its first text: the same again is present, another one a conflict', async () => {
    const message = { UUID: v7(), msg: 'first' };
    assert.deepEqual(await getStore().store([message]), ['stored']);
    assert.deepEqual(await getStore().store([message, { ...message, msg: 'second' }]), ['present', 'conflict']);
    assert.deepEqual(
      (await read()).filter(({ UUID }) => UUID === message.UUID),
      [message],
    );
  });

  test('of many writers with one UUID and different texts, one wins', async () => {
    const UUID = v7();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) => getStore().store([{ UUID, msg: `text ${n}` }])),
    );
    assert.equal(outcomes.flat().filter((outcome) => outcome === 'stored').length, 1);
    assert.equal(outcomes.flat().filter((outcome) => outcome === 'conflict').length, 19);
    const winner = outcomes.findIndex(([outcome]) => outcome === 'stored');
    assert.equal((await read()).find((message) => message.UUID === UUID)?.msg, `text ${winner}`);
  });

  test('reading goes in the order of keys, after a key, up to a limit', async () => {
    // Of version 7, many within one millisecond, and of version 4: far apart, and beyond today.
    const keys = [...Array.from({ length: 3_000 }, () => v7()), ...Array.from({ length: 30 }, () => v4())];
    await getStore().store(keys.map((UUID) => ({ UUID, msg: 'ordered' })));
    const all = (await read()).map(({ UUID }) => UUID);
    assert.deepEqual(all, [...new Set(all)].sort());
    assert.deepEqual(
      keys.filter((UUID) => !all.includes(UUID)),
      [],
    );
    for (const index of [0, 17, 2_000, all.length - 3]) {
      const page = await read({ after: all[index] ?? '', limit: 5 });
      assert.deepEqual(
        page.map(({ UUID }) => UUID),
        all.slice(index + 1, index + 6),
      );
    }
    assert.deepEqual(await read({ after: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }), []);
  });

  test('reading can be ended early, and by its signal', async () => {
    for await (const page of getStore().read({}, new AbortController().signal)) {
      assert.ok(page.length > 0);
      break;
    }
    await assert.rejects(async () => {
      for await (const _page of getStore().read({}, AbortSignal.abort())) assert.fail('read all the same');
    });
  });
}
