import type { MessageStore, ReceivedMessage, StoreOutcome } from '../message-store.ts';
import type { Disk } from './disk.ts';

interface Options {
  readonly disk: Pick<Disk, 'append'>;
  /** Throws a Problem while nothing can be stored: then nothing is written either. */
  readonly mayStore: () => unknown;
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
    const outcomes = await store.store(messages);
    const stored = messages.filter((_message, index) => isThere(outcomes[index]));
    if (stored.length > 0) {
      const batch = disk.append(stored);
      await batch.synced;
      batch.settle([]);
    }
    return outcomes;
  }

  async function storeBeside(messages: readonly ReceivedMessage[]): Promise<StoreOutcome[]> {
    const batch = disk.append(messages); // on a full disk this throws, and nothing is stored
    const [outcomes] = await Promise.all([store.store(messages), batch.synced]);
    batch.settle(outcomes.flatMap((outcome, index) => (isThere(outcome) ? [] : [index])));
    return outcomes;
  }

  return {
    async store(messages) {
      mayStore();
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
