import type { Seat } from '../member/session.ts';

/** Whether a member has left and the others may not have its part yet. */
export interface Departures {
  /** Whether copies may be missing in the view that was seen last. */
  readonly isLacking: boolean;
  /** Takes a view that was seen, and the voters. */
  saw(view: readonly Seat[], voters: readonly Seat[]): void;
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
    get isLacking() {
      return isLacking;
    },
    saw(view, voters) {
      isLacking ||= (last ?? voters).some(({ uuid }) => view.every((seat) => seat.uuid !== uuid));
      last = view;
    },
    filled() {
      isLacking = false;
    },
  };
}
