import type { Message, ReadRange } from '../shared/message/message.ts';
import { Problem } from '../shared/message/problem.ts';

/**
 * What became of a message: stored now; there already with this text; refused, as another text has its UUID; or refused,
 * as the members have no room for it.
 */
export type StoreOutcome = 'stored' | 'present' | 'conflict' | 'full';

/** A message as it came to the logger. What stores it takes no notice of its trace. */
export interface ReceivedMessage extends Message {
  readonly traceId?: string;
}

/**
 * Where a logger keeps its messages; what each implementation promises is in test/doubles/message-store.contract.ts. What adds a
 * guarantee is a layer: it has this interface, and wraps another one (logger.ts).
 */
export interface MessageStore {
  /**
   * Stores messages; each has its outcome, in their order, once it has all its copies.
   * Throws a Problem (unavailable) if that cannot be said of all: some may be stored then; repeating is safe.
   */
  store(messages: readonly ReceivedMessage[]): Promise<StoreOutcome[]>;
  /** Reads messages in the order of their UUIDs, in pages; ending early, or the signal, ends the query. Throws a Problem. */
  read(range: ReadRange, signal: AbortSignal): AsyncIterable<readonly Message[]>;
}

/** What a call that stores needs. */
export interface StoreOptions {
  readonly store: MessageStore;
  readonly maxMessageBytes: number;
  /** What the messages may take of each member's memory; 0: no limit. */
  readonly maxStoredBytes: number;
}

/** What callers of `full` messages are told to do: the limit follows from the members' memory. */
export function noRoom(maxStoredBytes: number): Problem {
  const megabytes = (maxStoredBytes / 1_048_576).toFixed(1);
  return new Problem(
    'insufficient-storage',
    `The messages take all of the ${megabytes} MB that they may take of each member's memory (MAX_STORED_BYTES). This one is not stored; those that are can be read. For more, start the members with more memory (MEMBER_HEAP).`,
  );
}
