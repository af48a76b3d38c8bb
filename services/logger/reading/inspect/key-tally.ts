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
 * only those of the last seconds, each time anew. Entries are never removed, so what was counted before stays. Whether nothing was left
 * out, a late key for example, the map's own size tells, asked before and after: if the sum is not between the two for two looks,
 * all is counted anew. A look that fails changes nothing.
 */
export function createKeyTally({ partitionCount, partitionOf, size, keys, now }: Options): KeyTally {
  const none = () => Array.from({ length: partitionCount }, () => 0);
  /** Keys above this may still come; undefined before the first look. What is in `past` is not read again. */
  let mark: string | undefined;
  let past = none();
  let entries = none();
  let duplicated = 0;
  let disagreed = 0;
  let anewFromMs = Number.NEGATIVE_INFINITY;
  const total = () => entries.reduce((sum, count) => sum + count, 0);

  async function count(after: string | undefined): Promise<void> {
    const beganMs = now();
    const [nextMark, future] = [keyAt(beganMs - LATE_MS), keyAt(beganMs + 20 * LATE_MS)];
    const counted = after === undefined ? none() : [...past];
    const recent = none();
    let twice = after === undefined ? 0 : duplicated;
    let previous = '';
    for await (const page of keys(after === undefined ? { after: '' } : { after, before: future })) {
      for (const key of page) {
        const into = key > nextMark && key < future ? recent : counted;
        const partition = partitionOf(key);
        if (key === previous) twice++;
        else into[partition] = (into[partition] ?? 0) + 1;
        previous = key;
      }
    }
    mark = nextMark;
    past = counted;
    entries = counted.map((number, partition) => number + (recent[partition] ?? 0));
    duplicated = twice;
    if (after === undefined) anewFromMs = now() + (now() - beganMs) / ANEW_SHARE;
  }

  return {
    async look() {
      const atLeast = await size();
      const isAsBefore = mark !== undefined && disagreed === 0 && total() === atLeast;
      const isAnew = disagreed >= PATIENCE_LOOKS && now() >= anewFromMs;
      if (!isAsBefore) await count(isAnew ? undefined : mark);
      const atMost = isAsBefore ? atLeast : await size();
      const isExact = atLeast <= total() && total() <= atMost;
      disagreed = isExact ? 0 : disagreed + 1;
      return { entries: [...entries], size: atMost, isExact, duplicated };
    },
  };
}
