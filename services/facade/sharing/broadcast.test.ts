import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { chunksOf, createReadTable, key, keys, keysOf, never } from '../../../test/read-table.ts';
import { countLines } from '../../shared/message/message-stream.ts';
import { broadcast } from './broadcast.ts';
import { coalesceReads } from './coalesced-reads.ts';

for (const limit of [undefined, 2_400]) {
  test(`a reader that is too slow holds up nobody, and goes on by itself (${limit ?? 'without a'} limit)`, async () => {
    const { table, read } = createReadTable(3_000);
    table.textLength = 5_000;
    const shared = coalesceReads(read);
    const range = limit === undefined ? {} : { limit };
    const alone = keysOf(shared(range, never));
    await pause(2); // it is sent, and no more may join
    const slow = shared(range, never)[Symbol.asyncIterator]();
    const first = slow.next();
    const fast = await keysOf(shared(range, never));
    assert.deepEqual(fast, keys(limit ?? 3_000));
    assert.equal(table.underWay, 0, 'the fast one has read all');
    const { value } = await first;
    const rest = await keysOf({ [Symbol.asyncIterator]: () => slow });
    assert.deepEqual([...(await keysOf(chunksOf(value))), ...rest], keys(limit ?? 3_000));
    assert.equal(table.reads.length, 3);
    assert.deepEqual(table.reads[2], { after: key(499), ...(limit === undefined ? {} : { limit: limit - 500 }) });
    await alone;
  });
}

test('an error is that of all who share the read, and of no one else', async () => {
  const { read } = createReadTable(10);
  let reads = 0;
  const shared = coalesceReads(async function* (range, signal, origin) {
    if (++reads === 2) throw new Error('gone');
    yield* read(range, signal, origin);
  });
  const first = keysOf(shared({}, never));
  await pause(2);
  const others = Array.from({ length: 5 }, () => keysOf(shared({}, never)));
  const results = await Promise.allSettled([first, ...others]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected', 'rejected', 'rejected', 'rejected'],
  );
  assert.deepEqual(await keysOf(shared({}, never)), keys(10));
});

test('a shared read goes on when some leave, and ends when all have left', async () => {
  const { table, read } = createReadTable(2_000);
  const shared = coalesceReads(read);
  const leaving = [1, 2, 3].map(() => new AbortController());
  const alone = keysOf(shared({}, never));
  await pause(2); // it is sent, and no more may join
  const sharing = Promise.allSettled(leaving.map(({ signal }) => keysOf(shared({}, signal))));
  leaving[0]?.abort();
  while (table.signals.length < 2) await pause(1);
  leaving[1]?.abort();
  assert.equal(table.signals[1]?.aborted, false);
  leaving[2]?.abort();
  assert.equal(table.signals[1]?.aborted, true);
  await alone;
  for (const result of await sharing) assert.equal(result.status, 'rejected');
  assert.equal(table.underWay, 0);
  assert.deepEqual(await keysOf(shared({}, never)), keys(2_000));
});

test('readers that are all slow share one read all the same', async () => {
  const { table, read } = createReadTable(3_000);
  table.textLength = 5_000;
  const shared = coalesceReads(read);
  const readers = Array.from({ length: 5 }, async (_, n) => {
    let count = 0;
    for await (const chunk of shared({}, new AbortController().signal)) {
      count += countLines(chunk);
      await pause(count === 500 * (n + 1) ? 150 : 20); // each holds up the others once
    }
    return count;
  });
  assert.deepEqual(
    await Promise.all(readers),
    Array.from({ length: 5 }, () => 3_000),
  );
  assert.deepEqual(table.reads, [{}]);
});

test('when slow ones have held up the others for as long as they may together, the others still share the read', async () => {
  const subscribe = broadcast({
    open: async () =>
      (async function* () {
        for (let n = 0; n < 50; n++) yield Buffer.alloc(100);
      })(),
    keptBytes: 150,
    onBegun: () => {},
  });
  const readers = Array.from({ length: 4 }, subscribe);
  const outcomes = readers.map(async (reader, index) => {
    for (let count = 0; ; count++) {
      if (index < 3 && count === 6 * (index + 1)) await pause(800); // one after the other
      const chunk = await reader.next();
      if (chunk === 'end' || chunk === 'behind') return chunk;
    }
  });
  // 1.6 s and 0.8 s are more than 2 s.
  assert.deepEqual(await Promise.all(outcomes), ['end', 'end', 'behind', 'end']);
});
