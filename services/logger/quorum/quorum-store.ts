import type { Message } from '../../shared/message/message.ts';
import type { MessageStore } from '../message-store.ts';

/** Says whether the cluster counts now, and whether it still did after something was done (Quorum implements it). */
interface Witness<Standing> {
  standing(): Standing;
  confirmStore(standing: Standing): Promise<void>;
  confirmRead(standing: Standing): Promise<void>;
  placed(): Promise<void>;
  settled(): Promise<void>;
}

/**
 * Makes a store answer only where the cluster of its member counts, before and after: what is said to be stored, or read, is so for
 * every logger.
 */
export function countedStore<Standing>(store: MessageStore, quorum: Witness<Standing>): MessageStore {
  return {
    async store(messages) {
      await quorum.placed();
      const standing = quorum.standing();
      const outcomes = await store.store(messages);
      await quorum.confirmStore(standing);
      return outcomes;
    },
    async *read(range, signal) {
      await quorum.settled();
      const standing = quorum.standing();
      // A page is held until it is confirmed, when the next page or the end has come: so a read of one page needs one check only.
      let held: readonly Message[] = [];
      for await (const page of store.read(range, signal)) {
        if (held.length > 0) {
          await quorum.confirmRead(standing);
          yield held;
        }
        held = page;
      }
      await quorum.confirmRead(standing);
      if (held.length > 0) yield held;
    },
  };
}
