import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openInProcess, openLogger } from '../../test/in-process.ts';
import { until } from '../../test/launched.ts';
import { createMemoryStore } from '../logger/memory-store.ts';
import type { MessageStore } from '../logger/message-store.ts';
import { createClusterView } from '../shared/cluster-view.ts';

/** A store whose member is in a cluster of its own, with what was stored before; it is ready only while `isUp`. */
async function createPart(members: readonly string[], isUp: boolean) {
  const store = createMemoryStore();
  await store.store([{ UUID: '0198c0de-0000-7000-8000-000000000000', msg: 'from before' }]);
  const cluster = createClusterView(members);
  const part = { isUp };
  const status = async () => ({ ready: part.isUp, member: 'm', ...(part.isUp ? { cluster } : {}) });
  return { part, store: { ...store, view: () => cluster, status } satisfies MessageStore };
}

test('what only one member had is read and kept, although its logger is gone when the others come back', async (t) => {
  const alone = await createPart(['cccccccc'], true);
  const others = await createPart(['aaaaaaaa', 'bbbbbbbb'], false);
  const loggers = [await openLogger(alone.store), await openLogger(others.store, 'logger-2')];
  const { url, close } = await openInProcess({ loggers });
  t.after(close);
  const texts = async () =>
    (await (await fetch(url, { headers: { Accept: 'application/x-ndjson' } })).text())
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line).msg);
  await until('the first message is stored', 5_000, async () => {
    const response = await fetch(url, { method: 'POST', body: new URLSearchParams({ msg: 'stored alone' }) });
    return response.ok;
  });
  assert.deepEqual(await texts(), ['from before', 'stored alone']);
  others.part.isUp = true;
  alone.part.isUp = false;
  await loggers[0]?.close();
  const answers: string[][] = [];
  await until('it is read through the other logger', 10_000, async () => answers.push(await texts()) > 0);
  assert.deepEqual(answers, [['from before', 'stored alone']]); // the first that was read at all
  const kept: string[] = [];
  for await (const page of others.store.read({}, new AbortController().signal))
    kept.push(...page.map(({ msg }) => msg));
  assert.deepEqual(kept, ['from before', 'stored alone']);
});
