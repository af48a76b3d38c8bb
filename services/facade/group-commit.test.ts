import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createGroupCommit } from './group-commit.ts';

function createHarness(
  limits: {
    maxInFlight?: number;
    maxBatchItems?: number;
    maxBatchBytes?: number;
    maxQueuedItems?: number;
    maxQueuedBytes?: number;
  } = {},
) {
  const batches: { readonly items: readonly string[]; readonly end: (error?: Error) => void }[] = [];
  const submit = createGroupCommit<string, string>({
    commit: (items) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error) => (error === undefined ? resolve(items.map((item) => `${item}!`)) : reject(error));
        batches.push({ items, end });
      }),
    bytesOf: (item) => item.length,
    ...{
      maxInFlight: 1,
      maxBatchItems: 100,
      maxBatchBytes: 1_000,
      maxQueuedItems: 100,
      maxQueuedBytes: 10_000,
      ...limits,
    },
  });
  return { batches, submit, sizes: () => batches.map(({ items }) => items.length) };
}

test('a lone item goes out at once; those that come meanwhile go out together', async () => {
  const { batches, submit } = createHarness();
  const first = submit('a');
  assert.deepEqual(
    batches.map(({ items }) => items),
    [['a']],
  );
  const others = [submit('b'), submit('c'), submit('d')];
  assert.equal(batches.length, 1);
  batches[0]?.end();
  assert.equal(await first, 'a!');
  await turn();
  assert.deepEqual(batches[1]?.items, ['b', 'c', 'd']);
  batches[1]?.end();
  assert.deepEqual(await Promise.all(others), ['b!', 'c!', 'd!']);
});

test('a batch is bounded in number and in size', async () => {
  const { batches, submit, sizes } = createHarness({ maxBatchItems: 3, maxBatchBytes: 10 });
  const all = ['x', '1', '2', '3', '4', 'aaaaaa', 'bbbbbb', 'c'.repeat(50), 'd'].map((item) => submit(item));
  for (let n = 0; n < 10; n++) {
    batches[n]?.end();
    await turn();
  }
  await Promise.all(all);
  assert.deepEqual(sizes(), [1, 3, 2, 1, 1, 1]);
});

test('an error of a batch reaches its items, and no others', async () => {
  const { batches, submit } = createHarness();
  const first = submit('a');
  const second = submit('b');
  batches[0]?.end(new Error('gone'));
  await assert.rejects(first, /gone/);
  await turn();
  batches[1]?.end();
  assert.equal(await second, 'b!');
});

test('too many waiting items are refused at once', () => {
  const { submit } = createHarness({ maxQueuedItems: 2 });
  for (const item of ['a', 'b', 'c']) void submit(item);
  assert.throws(() => submit('d'), /Too many/);
});

test('so are too many waiting bytes, until some have gone out', async () => {
  const { batches, submit } = createHarness({ maxQueuedBytes: 5 });
  void submit('x'); // goes out at once
  const waiting = submit('12345');
  assert.throws(() => submit('6'), /Too many/);
  batches[0]?.end();
  await turn();
  const next = submit('67890');
  batches[1]?.end();
  assert.equal(await waiting, '12345!');
  await turn();
  batches[2]?.end();
  assert.equal(await next, '67890!');
});
