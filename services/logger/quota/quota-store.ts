import type { Message } from '../../shared/message/message.ts';
import type { MapWriter } from '../map-writer.ts';
import type { MessageStore } from '../message-store.ts';

/** What is left in the members' memory, in bytes as costOf counts them. Loggers share it, and none can take too much. */
export interface Headroom {
  /** Takes some of it before something is stored; false if what is there was counted, and there is not enough. Throws what the calls to the member throw. */
  take(bytes: number): Promise<boolean>;
  /** Gives back what was taken and is known not to be used. */
  giveBack(bytes: number): void;
}

/**
 * What a member holds for a message beside its text: key, records, and an index entry. Measured on members 5.7.0: 300
 * bytes while three members share the index, 514 when one is left and has all of it (docs/decisions/storing.md).
 */
const OVERHEAD_BYTES = 512;

/** The bytes that a message takes of each member's memory, at most; its text is held as UTF-8. */
export function costOf({ msg }: Message): number {
  return OVERHEAD_BYTES + Buffer.byteLength(msg);
}

/** Makes a store take no more messages than there is room for; those that are there already have their outcome all the same. */
export function limitedStore(
  store: MessageStore,
  headroom: Headroom,
  storeAgain: MapWriter['storeAgain'],
): MessageStore {
  return {
    async store(messages) {
      const costs = messages.map(costOf);
      if (!(await headroom.take(sum(costs)))) return storeAgain(messages);
      const outcomes = await store.store(messages);
      // After an error it is not known what is stored: all of it stays taken.
      headroom.giveBack(sum(costs.filter((_cost, index) => outcomes[index] !== 'stored')));
      return outcomes;
    },
    read: store.read,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
