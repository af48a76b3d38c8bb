import type { Seat } from '../member/session.ts';

/** Whether a member has left and the others may not have its part yet. */
export interface Departures {
  /** Tells it of a view that is looked at. A watch that begins may have missed one: it is taken for so. */
  mayLack(view: readonly Seat[]): boolean;
  /** Every copy is in its place in that view. */
  filled(): void;
}

/**
 * Creates what remembers departures. Where a member has left, its places among the copies are vacant until partitions have moved, and a write
 * passes over them without a word: it may be on one member only (docs/hazelcast.md).
 */
export function createDepartures(): Departures {
  let last: readonly Seat[] = [];
  let isLacking = true;
  return {
    mayLack(view) {
      isLacking ||= last.some(({ uuid }) => view.every((seat) => seat.uuid !== uuid));
      last = view;
      return isLacking;
    },
    filled() {
      isLacking = false;
    },
  };
}
