import type { Message } from '../shared/message/message.ts';
import type { ReadRange } from '../shared/message/message-stream.ts';

/**
 * What became of a message: stored now; there already with this text; refused, as another text has its UUID; or refused,
 * as the members have no room for it.
 */
export type StoreOutcome = 'stored' | 'present' | 'conflict' | 'full';

/**
 * Where a logger keeps its messages; what each implementation promises is in message-store.contract.ts. What adds a guarantee is a
 * layer: it has this interface, and wraps another one (main.ts).
 */
export interface MessageStore {
  /**
   * Stores messages; each has its outcome, in their order, once it has all its copies.
   * Throws a Problem (unavailable) if that cannot be said of all: some may be stored then; repeating is safe.
   */
  store(messages: readonly Message[]): Promise<StoreOutcome[]>;
  /** Reads messages in the order of their UUIDs, in pages; ending early, or the signal, ends the query. Throws a Problem. */
  read(range: ReadRange, signal: AbortSignal): AsyncIterable<readonly Message[]>;
}
