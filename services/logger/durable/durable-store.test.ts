import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createMemoryStore } from '../../../test/doubles/memory-store.ts';
import { testMessageStore } from '../../../test/doubles/message-store.contract.ts';
import type { Message } from '../../shared/message/message.ts';
import { Problem } from '../../shared/message/problem.ts';
import type { MessageStore, StoreOutcome } from '../message-store.ts';
import { durableStore } from './durable-store.ts';

const message = (n: number, msg = 'text'): Message => ({ UUID: `0198c0de-0000-7000-8000-00000000000${n}`, msg });

/** A disk that notes what is done to it. */
function createDisk({ syncMs = 0 } = {}) {
  const done: string[] = [];
  return {
    done,
    error: undefined as Problem | undefined,
    append(messages: readonly Message[]) {
      if (this.error !== undefined) throw this.error;
      done.push(`append ${messages.map(({ msg }) => msg)}`);
      return {
        synced: pause(syncMs).then(() => void done.push('synced')),
        settle: (voided: readonly number[]) => void done.push(`settle ${voided}`),
      };
    },
  };
}

function storeWith(outcomes: readonly StoreOutcome[], done: string[] = []): MessageStore {
  return {
    async store() {
      done.push('store');
      return [...outcomes];
    },
    read: createMemoryStore().read,
  };
}

const mayStore = async () => {};

const inMemory = durableStore(createMemoryStore(), { disk: createDisk(), mayStore });
testMessageStore(() => inMemory);

test('an outcome is given once the messages are synced and stored, and then noted', async () => {
  const disk = createDisk({ syncMs: 20 });
  const store = durableStore(storeWith(['stored', 'conflict', 'present'], disk.done), { disk, mayStore });
  const outcomes = await store.store([message(1, 'a'), message(2, 'b'), message(3, 'c')]);
  assert.deepEqual(outcomes, ['stored', 'conflict', 'present']);
  assert.deepEqual(disk.done, ['append a,b,c', 'store', 'synced', 'settle 1']);
});

test('what cannot be written is not stored, and what cannot be synced or stored is not acknowledged', async () => {
  const disk = createDisk();
  disk.error = new Problem('insufficient-storage', 'The disk is full.');
  const done: string[] = [];
  await assert.rejects(durableStore(storeWith(['stored'], done), { disk, mayStore }).store([message(1)]), {
    code: 'insufficient-storage',
  });
  assert.deepEqual(done, []);
  const synced = Promise.reject(new Problem('unavailable', 'The sync failed.'));
  const settle = () => assert.fail('noted all the same');
  const broken = { append: () => ({ synced, settle }) };
  await assert.rejects(durableStore(storeWith(['stored']), { disk: broken, mayStore }).store([message(1)]));
  const away: MessageStore = { ...storeWith([]), store: () => Promise.reject(new Problem('unavailable', 'away')) };
  const other = createDisk();
  await assert.rejects(durableStore(away, { disk: other, mayStore }).store([message(1)]));
  assert.ok(!other.done.some((what) => what.startsWith('settle')));
});

test('nothing is written while nothing can be stored', async () => {
  const disk = createDisk();
  const refuse = () => {
    throw new Problem('unavailable', 'The cluster does not count.');
  };
  const store = durableStore(storeWith(['stored']), { disk, mayStore: refuse });
  await assert.rejects(store.store([message(1)]), { code: 'unavailable' });
  assert.deepEqual(disk.done, []);
});

test('while the members are full, only what they have is written', async () => {
  const disk = createDisk();
  const store = durableStore(storeWith(['full', 'present'], disk.done), { disk, mayStore });
  await store.store([message(1, 'a'), message(2, 'b')]);
  disk.done.length = 0;
  await store.store([message(1, 'a'), message(2, 'b')]);
  assert.deepEqual(disk.done, ['store', 'append b', 'synced', 'settle ']);
  // Then "insufficient-storage" would say that it is not stored.
  disk.error = new Problem('insufficient-storage', 'The disk is full.');
  await assert.rejects(store.store([message(1, 'a'), message(2, 'b')]), { code: 'unavailable' });
});

test('what is stored and synced is acknowledged, also if the note behind it has no room', async () => {
  const full = () => {
    throw new Problem('insufficient-storage', 'The disk is full.');
  };
  const disk = { append: () => ({ synced: Promise.resolve(), settle: full }) };
  const store = durableStore(storeWith(['stored', 'conflict']), { disk, mayStore });
  assert.deepEqual(await store.store([message(1), message(2)]), ['stored', 'conflict']);
});

test('what full members may have taken, although it is not known, is on the disk, and the error is theirs', async () => {
  const disk = createDisk();
  const outcomes: (StoreOutcome[] | Error)[] = [['full'], new Problem('unavailable', 'A copy was late.')];
  const store = {
    ...storeWith([]),
    async store() {
      const outcome = outcomes.shift() ?? [];
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
  };
  const durable = durableStore(store, { disk, mayStore });
  assert.deepEqual(await durable.store([message(1, 'a')]), ['full']);
  disk.done.length = 0;
  await assert.rejects(durable.store([message(2, 'b')]), /A copy was late/);
  assert.deepEqual(disk.done[0], 'append b');
  outcomes.push(new Problem('unavailable', 'A copy was late.'));
  disk.error = new Problem('insufficient-storage', 'The disk is full.');
  await assert.rejects(durable.store([message(3, 'c')]), /A copy was late/);
});

test('nothing is written while nothing can be stored', async () => {
  const disk = createDisk();
  const refusing = async () => {
    throw new Problem('unavailable', 'Not now.');
  };
  await assert.rejects(
    durableStore(storeWith(['stored']), { disk, mayStore: refusing }).store([message(1)]),
    /Not now/,
  );
  assert.deepEqual(disk.done, []);
});
