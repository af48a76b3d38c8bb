import type { Seat } from '../member/session.ts';

/** Whether a member has left and the others may not have its part yet. */
export interface Departures {
  /** Tells it of a view that is looked at, and of the voters. */
  mayLack(view: readonly Seat[], voters: readonly Seat[]): boolean;
  /** Every copy is in its place in that view. */
  filled(): void;
}

/**
 * Creates what remembers departures. Where a member has left, its places among the copies are vacant until partitions have moved, and a write
 * passes over them without a word: it may be on one member only (docs/hazelcast.md). A watch that begins may have missed one: `asksFirst` has it
 * taken for so; else only if a voter is missing.
 */
export function createDepartures(asksFirst: boolean): Departures {
  let last: readonly Seat[] | undefined;
  let isLacking = asksFirst;
  return {
    mayLack(view, voters) {
      isLacking ||= (last ?? voters).some(({ uuid }) => view.every((seat) => seat.uuid !== uuid));
      last = view;
      return isLacking;
    },
    filled() {
      isLacking = false;
    },
  };
}
