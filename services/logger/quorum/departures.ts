import type { Seat } from '../member/session.ts';

/** Whether a member has left and the others may not have its part yet. */
export interface Departures {
  /** Whether copies may be missing in the view that was seen last. */
  readonly isLacking: boolean;
  /** For how long that was seen, in ms; 0 if they are not. */
  readonly lackingMs: number;
  /** Takes a view that was seen, and the voters. */
  saw(view: readonly Seat[], voters: readonly Seat[]): void;
  /** Every copy is in its place in that view. */
  filled(): void;
}

/**
 * Creates what remembers departures. Where a member has left, its places among the copies are vacant until partitions have moved, and a write
 * passes over them without a word: it may be on one member only (docs/hazelcast.md). A watch that begins may have missed one: `asksFirst` has it
 * taken for so; else only if a voter is missing. `now` gives milliseconds.
 */
export function createDepartures(asksFirst: boolean, now: () => number): Departures {
  let last: readonly Seat[] | undefined;
  let isLacking = asksFirst;
  let sinceMs: number | undefined;
  return {
    get isLacking() {
      return isLacking;
    },
    get lackingMs() {
      return sinceMs === undefined ? 0 : now() - sinceMs;
    },
    saw(view, voters) {
      isLacking ||= (last ?? voters).some(({ uuid }) => view.every((seat) => seat.uuid !== uuid));
      if (isLacking) sinceMs ??= now();
      last = view;
    },
    filled() {
      isLacking = false;
      sinceMs = undefined;
    },
  };
}
