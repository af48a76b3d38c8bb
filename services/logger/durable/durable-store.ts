import { Problem, reasonOf } from '../../shared/message/problem.ts';
import type { MessageStore, ReceivedMessage, StoreOutcome } from '../message-store.ts';
import type { Disk } from './disk.ts';
import type { Batch } from './log-writer.ts';

interface Options {
  readonly disk: Pick<Disk, 'append'>;
  /** Waits until something can be stored; throws a Problem if that takes too long: then nothing is written either. */
  readonly mayStore: () => Promise<unknown>;
}

/**
 * Makes a store keep what it stores on the logger's disk as well. Both are begun together, so a message takes the time of the slower
 * one. That means that the disk has a message before it is known what becomes of it: a note behind it tells. Without a note,
 * it may be stored.
 */
export function durableStore(store: MessageStore, { disk, mayStore }: Options): MessageStore {
  let wasFull = false;

  /** The members are full: to write down everything that they refuse would fill the disk. */
  async function storeFirst(messages: readonly ReceivedMessage[]): Promise<StoreOutcome[]> {
    const outcomes = await store.store(messages).catch((error: unknown) => {
      // They may be in the members all the same, and be read there: without a note, it is not known.
      try {
        disk.append(messages).synced.catch(() => {});
      } catch {}
      throw error;
    });
    const stored = messages.filter((_message, index) => isThere(outcomes[index]));
    if (stored.length > 0) {
      const batch = appendStored(stored);
      await batch.synced;
      settle(batch, []);
    }
    return outcomes;
  }

  /** They are in the members already: "insufficient-storage" would say that they are not. */
  function appendStored(stored: readonly ReceivedMessage[]): Batch {
    try {
      return disk.append(stored);
    } catch (error) {
      throw new Problem('unavailable', `It is stored, but not on disk: ${reasonOf(error)}`, { cause: error });
    }
  }

  /** The batch is on the disk: a note for which there is no room any more changes nothing. Then it counts as one that may be stored. */
  function settle(batch: Batch, voided: readonly number[]): void {
    try {
      batch.settle(voided);
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'insufficient-storage')) throw error;
    }
  }

  async function storeBeside(messages: readonly ReceivedMessage[]): Promise<StoreOutcome[]> {
    const batch = disk.append(messages); // on a full disk this throws, and nothing is stored
    const [outcomes] = await Promise.all([store.store(messages), batch.synced]);
    settle(
      batch,
      outcomes.flatMap((outcome, index) => (isThere(outcome) ? [] : [index])),
    );
    return outcomes;
  }

  return {
    async store(messages) {
      await mayStore();
      const outcomes = await (wasFull ? storeFirst(messages) : storeBeside(messages));
      wasFull = outcomes.includes('full');
      return outcomes;
    },
    read: store.read,
  };
}

function isThere(outcome: StoreOutcome | undefined): boolean {
  return outcome === 'stored' || outcome === 'present';
}
