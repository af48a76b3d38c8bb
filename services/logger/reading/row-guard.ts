import type { Bounds } from './key-sketch.ts';

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

/**
 * Tells how many rows within bounds may be asked for, at most `most`, so that the members can bear them. `most` follows from the texts
 * before. Where much longer ones come after short ones, that many could be more than the members have memory for, and all three
 * would die of it: so long ones are counted first. Rejects with what the count rejects with.
 */
export async function rowsToAsk(countLonger: LongerCount, bounds: Bounds, most: number): Promise<number> {
  for (let rows = most; rows > FEW; rows = Math.ceil(rows / 4)) {
    if ((await countLonger(bounds, Math.floor(MAX_QUERY_LENGTH / rows))) <= FEW) return rows;
  }
  return Math.min(most, FEW);
}
