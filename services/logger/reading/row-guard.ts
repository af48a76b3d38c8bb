import { type Bounds, KEY_SPACE, keyAt } from './key-sketch.ts';

/** Asks how many texts with keys within bounds are longer than `length`, as String.length counts. */
export type LongerCount = (range: Bounds, length: number) => Promise<number>;

/**
 * About what one query brings, as String.length counts. A member needs some six times of it for a moment: the rows of the
 * others as they come, as entries, and once more in its answer.
 */
export const QUERY_LENGTH = 524_288;
/** The most that one query may bring, but for a few texts that may be of any length. */
export const MAX_QUERY_LENGTH = 2 * QUERY_LENGTH;
export const FEW = 16;
export const MAX_ROWS = 2_000;
/** As many rows of this length as a query may have are as long as a query may be. */
export const LONG_LENGTH = Math.floor(MAX_QUERY_LENGTH / MAX_ROWS);
/** Long texts are counted in so many ranges at a time. */
export const COUNTED_AHEAD = 8;
/** For so long it is taken for granted that there are no more of them than when they were counted. */
const COUNT_HOLDS_MS = 10_000;

/** A range that is about to be asked for. */
interface Asked {
  readonly bounds: Bounds;
  /** Where it begins, and how wide it is, in places. */
  readonly start: number;
  readonly width: number;
  /** Ranges beyond this place are not counted together with it, as far as it is not needed. */
  readonly ahead: number;
  /** How many rows are wanted of it at most, and of it and all that comes after it. */
  readonly most: number;
  readonly left: number;
}

/** Tells how many rows may be asked for, so that the members can bear them. */
export interface RowGuard {
  /** The number for a range; the ranges have to come in order, one after the other. Rejects with what the count rejects with. */
  rowsOf(range: Asked): Promise<number>;
  /** Whether there may be long texts in the ranges around the last one. */
  hasLong(): boolean;
}

/**
 * Creates the guard of one read. How many rows it asks for follows from the texts before. Where much longer ones come after short
 * ones, that many could be more than the members have memory for, and all three would die of it: so long ones are counted first, for
 * several ranges together, and for each only if there are some.
 */
export function createRowGuard(countLonger: LongerCount): RowGuard {
  const counted = { end: 0, ms: Number.NEGATIVE_INFINITY, hasLong: false };
  return {
    hasLong: () => counted.hasLong,
    async rowsOf({ bounds, start, width, ahead, most, left }) {
      const time = performance.now();
      if (start + width > counted.end || time > counted.ms + COUNT_HOLDS_MS) {
        const isLast = bounds.before === undefined;
        const end = Math.max(start + width, Math.min(start + COUNTED_AHEAD * width, ahead));
        counted.end = isLast ? Number.POSITIVE_INFINITY : end;
        counted.ms = time;
        const upper = isLast || counted.end >= KEY_SPACE ? {} : { before: keyAt(counted.end) };
        const length = Math.floor(MAX_QUERY_LENGTH / Math.min(MAX_ROWS, left));
        counted.hasLong = (await countLonger({ after: bounds.after, ...upper }, length)) > FEW;
      }
      if (!counted.hasLong) return most;
      for (let asked = most; asked > FEW; asked = Math.ceil(asked / 4)) {
        if ((await countLonger(bounds, Math.floor(MAX_QUERY_LENGTH / asked))) <= FEW) return asked;
      }
      return Math.min(most, FEW);
    },
  };
}
