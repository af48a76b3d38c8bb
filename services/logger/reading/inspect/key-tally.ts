import { keyAt } from '../key-sketch.ts';

interface Options {
  readonly partitionCount: number;
  readonly partitionOf: (key: string) => number;
  /** How many entries the map says that it has. */
  readonly size: () => Promise<number>;
  /** Gives the keys above one and, if there is another one, below that, in their order. */
  readonly keys: (bounds: { readonly after: string; readonly before?: string }) => AsyncIterable<readonly string[]>;
  /** Gives milliseconds since 1970, as keys of version 7 begin with. */
  readonly now: () => number;
}

/** What was counted. */
export interface Tally {
  readonly entries: readonly number[];
  readonly size: number;
  readonly isExact: boolean;
  readonly duplicated: number;
}

/** Counts the entries of each partition. */
export interface KeyTally {
  /** Counts what is there now; only one at a time. Rejects with what the calls reject with. */
  look(): Promise<Tally>;
}

/** A message is stored at most so long after its key was made, but for failovers; and clocks differ. */
const LATE_MS = 3_000;
/** Counting everything anew may take at most this part of the time. */
const ANEW_SHARE = 1 / 10;
/** So many looks in a row have to disagree with the map before all is counted anew. */
const PATIENCE_LOOKS = 2;

/**
 * Creates a tally. No call tells how many entries a partition has, so the keys are read: all of them at the first look, then
 * only those of the last seconds. Entries are never removed, so what was counted stays. Whether nothing was left out, a late
 * key for example, the map's own size tells, asked before and after: if the sum is not between the two for two looks, all is
 * counted anew.
 */
export function createKeyTally({ partitionCount, partitionOf, size, keys, now }: Options): KeyTally {
  let entries: number[] = [];
  let total = 0;
  let duplicated = 0;
  /** Keys above this may have come since the last look; those that had come already are in `seen`. */
  let mark = '';
  let seen = new Set<string>();
  let isWhole = false;
  let disagreed = 0;
  let anewFromMs = Number.NEGATIVE_INFINITY;

  async function count(after: string, before: string | undefined, nextMark: string): Promise<void> {
    const recent = new Set<string>();
    let previous = '';
    for await (const page of keys(before === undefined ? { after } : { after, before })) {
      for (const key of page) {
        if (key > nextMark) recent.add(key);
        if (key === previous) duplicated++;
        else if (!seen.has(key)) {
          const partition = partitionOf(key);
          entries[partition] = (entries[partition] ?? 0) + 1;
          total++;
        }
        previous = key;
      }
    }
    seen = recent;
    mark = nextMark;
  }

  async function countAnew(nextMark: string): Promise<void> {
    isWhole = false;
    entries = Array.from({ length: partitionCount }, () => 0);
    total = 0;
    duplicated = 0;
    seen = new Set();
    const beganMs = now();
    await count('', undefined, nextMark);
    isWhole = true;
    anewFromMs = now() + (now() - beganMs) / ANEW_SHARE;
  }

  return {
    async look() {
      const atLeast = await size();
      // A look that failed half way, in `count`, may have counted some keys and not remembered them.
      const isSettled = isWhole && disagreed === 0 && total === atLeast;
      if (!isSettled) {
        const startMs = now();
        const nextMark = keyAt(startMs - LATE_MS);
        const isAnew = !isWhole || (disagreed >= PATIENCE_LOOKS && startMs >= anewFromMs);
        if (isAnew) await countAnew(nextMark);
        else {
          isWhole = false;
          await count(mark, keyAt(startMs + 20 * LATE_MS), nextMark);
          isWhole = true;
        }
      }
      const atMost = isSettled ? atLeast : await size();
      const isExact = atLeast <= total && total <= atMost;
      disagreed = isExact ? 0 : disagreed + 1;
      return { entries: [...entries], size: atMost, isExact, duplicated };
    },
  };
}
