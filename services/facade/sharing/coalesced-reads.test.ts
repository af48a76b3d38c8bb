import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createMemoryStore } from '../../../test/doubles/memory-store.ts';
import { openInProcess, openLogger } from '../../../test/in-process.ts';
import { createReadTable, key, keys, keysOf, never } from '../../../test/read-table.ts';
import { coalesceReads } from './coalesced-reads.ts';

test('a caller that is alone reads at once, by itself', async () => {
  const { table, read } = createReadTable(3_000);
  assert.deepEqual(await keysOf(coalesceReads(read)({}, never)), keys(3_000));
  assert.deepEqual(table.reads, [{}]);
});

test('callers that come while a read is beginning share the next one, which begins after they have come', async () => {
  const { table, read } = createReadTable(10);
  const shared = coalesceReads(read);
  const first = keysOf(shared({}, never));
  await pause(2);
  const others = Array.from({ length: 50 }, () => keysOf(shared({}, never)));
  table.length = 11; // stored before any of the others' reads began
  for (const read of await Promise.all(others)) assert.deepEqual(read, keys(11));
  await first;
  assert.equal(table.reads.length, 2);
});

test('callers join a read that waits for its turn, however long, but not one that was sent', async () => {
  const { table, read } = createReadTable(10);
  const turns: (() => void)[] = [];
  const shared = coalesceReads(async function* (range, signal, origin) {
    await new Promise<void>((resolve) => turns.push(resolve));
    yield* read(range, signal, origin);
  });
  const joined: Promise<string[]>[] = [];
  for (let n = 0; n < 8; n++) {
    joined.push(keysOf(shared({}, new AbortController().signal)));
    await pause(100);
    table.length++;
  }
  assert.equal(turns.length, 1);
  turns[0]?.();
  await pause(2);
  table.length++; // too late for those who wait, not for the next one
  const next = keysOf(shared({}, never));
  for (const read of await Promise.all(joined)) assert.deepEqual(read, keys(18));
  await pause(2);
  turns[1]?.();
  assert.deepEqual(await next, keys(19));
});

test('a caller never shares a read that began before it came', async () => {
  const { table, read } = createReadTable(10);
  const shared = coalesceReads(read);
  for (let n = 0; n < 20; n++) {
    const busy = Array.from({ length: 4 }, () => keysOf(shared({}, never)));
    await pause(5 + n);
    table.length++;
    const expected = keys(table.length);
    assert.deepEqual(await keysOf(shared({}, never)), expected);
    await Promise.all(busy);
  }
});

for (const [length, limit] of [
  [1_999, undefined],
  [2_000, undefined],
  [2_001, undefined],
  [7_300, undefined],
  [7_300, 2_000],
  [7_300, 2_600],
  [7_300, 100],
] as const) {
  test(`of ${length} messages, up to ${limit ?? 'any number'}, each caller gets all, in order`, async () => {
    const { read } = createReadTable(length);
    const shared = coalesceReads(read);
    const range = { after: key(4), ...(limit === undefined ? {} : { limit }) };
    const expected = keys(Math.min(length - 5, limit ?? length), 5);
    for (const got of await Promise.all(Array.from({ length: 9 }, () => keysOf(shared(range, never)))))
      assert.deepEqual(got, expected);
  });
}

test('readers of everything at the same time share all of it, however much it is', async () => {
  const { table, read } = createReadTable(3_000);
  table.textLength = 5_000;
  const shared = coalesceReads(read);
  for (const got of await Promise.all(Array.from({ length: 10 }, () => keysOf(shared({}, never)))))
    assert.deepEqual(got, keys(3_000));
  assert.deepEqual(table.reads, [{}]);
});

test('reads that hang hold nobody up for longer than half a second, and what was waited is told', async () => {
  const { table, read } = createReadTable(10);
  let reads = 0;
  const shared = coalesceReads(async function* (range, signal, origin) {
    origin?.onSent?.();
    if (++reads === 1) await pause(2_000);
    yield* read(range, signal, origin);
  });
  const hanging = keysOf(shared({}, never));
  await pause(2);
  const start = performance.now();
  assert.deepEqual(await keysOf(shared({}, never)), keys(10));
  const tookMs = performance.now() - start;
  assert.ok(tookMs >= 490 && tookMs < 1_500, `${tookMs} ms`);
  assert.ok(Number(table.waitedMs[0]) >= 490);
  await hanging;
});

test('callers of all formats share a read, and each gets its own format', async (t) => {
  const store = createMemoryStore();
  // So slow that they all come while the first reads are under way.
  const slow = {
    ...store,
    async *read(...[range, signal]: Parameters<typeof store.read>) {
      await pause(300);
      yield* store.read(range, signal);
    },
  };
  const { url, close } = await openInProcess({ loggers: [await openLogger(slow)] });
  t.after(close);
  for (let n = 0; n < 50; n++) await fetch(url, { method: 'POST', body: new URLSearchParams({ msg: `m${n}` }) });
  const read = async (accept: string) => (await fetch(url, { headers: { Accept: accept } })).text();
  const formats = ['application/json', 'application/x-ndjson', 'text/plain'];
  const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => read(formats[n % 3] ?? '')));
  const expected = Array.from({ length: 50 }, (_, n) => `m${n}`);
  for (const [n, answer] of answers.entries()) {
    const texts = [
      () => JSON.parse(answer).messages.map(({ msg }: { msg: string }) => msg),
      () =>
        answer
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line).msg),
      () => answer.split('\n')[0]?.split(' '),
    ][n % 3]?.();
    assert.deepEqual(texts, expected);
  }
});
