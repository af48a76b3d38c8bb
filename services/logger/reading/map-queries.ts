import { waitAtMost } from '../../shared/timing/deadline.ts';
import { createSlots } from '../../shared/timing/slots.ts';
import type { Session } from '../member/session.ts';

/** Sends a query to the member when its turn has come, and waits for the answer. Throws a Problem, or the signal's reason. */
export type Ask = <T>(query: () => Promise<T>) => Promise<T>;

/** Creates the function that sends the queries of one reader. */
export type CreateAsk = (session: Session, signal: AbortSignal) => Ask;

/** However many callers read at once: each query takes some memory of each member. */
const MAX_QUERIES = 2;
/** Whoever asks has a deadline of its own; this one is for a signal that never comes. */
const PATIENCE_MS = 120_000;

/**
 * Creates the queue of all readers' queries. A slot is free when its query has ended, or the call's deadline has passed: a reader that
 * has gone leaves its query running in the members.
 */
export function createMapQueries(): CreateAsk {
  const inSlot = createSlots(MAX_QUERIES);
  return (session, signal) => (query) => {
    const answered = inSlot(() => {
      signal.throwIfAborted();
      return session.call(query());
    });
    return waitAtMost(answered, PATIENCE_MS, signal);
  };
}
