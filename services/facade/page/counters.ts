import type { MapLayout } from './inspector.ts';
import type { WriteCounts } from './write-watch.ts';

/** The figures that have to agree, as they were at one moment; without a moment, nothing was counted yet. */
export interface CountedFigures {
  /** Milliseconds since 1970. */
  readonly at: number | null;
  readonly acknowledged: number | null;
  readonly stored: number | null;
  /** Stored, but not acknowledged by this run of the facade. */
  readonly elsewhere: number;
  /** How many more were acknowledged than there are. */
  readonly short: number;
  readonly duplicated: number;
  /** Whether the numbers of the members are exact. */
  readonly isExact: boolean;
}

/** What was acknowledged, beside what is stored. */
export interface Counters {
  /** Compares; `before` was counted before the map was asked for its size, `after` after it. */
  compare(before: WriteCounts, layout: MapLayout, after: WriteCounts): void;
  /** What the last comparison gave. */
  figures(): CountedFigures;
}

/** What came from elsewhere never shrinks, except when all members were started anew: so only the last looks count. */
const LOOKS = 20;
const NOTHING = { at: null, acknowledged: null, stored: null, elsewhere: 0, short: 0, duplicated: 0, isExact: false };

/** Creates the counters; `now` gives milliseconds since 1970. */
export function createCounters(now: () => number): Counters {
  let others: readonly number[] = [];
  let counted: CountedFigures = NOTHING;
  return {
    compare(before, { size, duplicated, isExact }, after) {
      const least = before.stored + before.found;
      const most = after.stored + after.found;
      // What is stored was acknowledged, is about to be, or came from elsewhere.
      others = [...others, size - most - after.pending].slice(-LOOKS);
      const elsewhere = Math.max(0, ...others);
      counted = {
        at: now(),
        // As near to the moment of the other number as can be told.
        acknowledged: Math.max(least, Math.min(most, size - elsewhere)),
        stored: size,
        elsewhere,
        short: Math.max(0, before.stored - size),
        duplicated,
        isExact,
      };
    },
    figures: () => counted,
  };
}
