import { createHash } from 'node:crypto';
import { v7 } from 'uuid';
import type { LongerCount, RangeQuery } from '../../services/logger/reading/key-order.ts';

/** As many as a map has partitions. The last characters of keys are random: each remainder is as frequent. */
const ONE_OF = 271;
const isSampled = (key: string) => Number.parseInt(key.slice(-8), 16) % ONE_OF === 7;

/** Answers range queries over some keys, and counts them and the entries they had to look at. */
export function createTable(keys: readonly string[], textLength = (_index: number) => 64) {
  const sorted = keys.toSorted();
  const texts = new Map(sorted.map((key, index) => [key, textLength(index)]));
  const cost = { queries: 0, counts: 0, lookedAt: 0, mostLookedAt: 0, longest: 0, mostUnderWay: 0, samples: 0 };
  /** How many keys are below one, or also the one itself. */
  function countBelow(key: string, isIncluded: boolean): number {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const one = sorted[middle] ?? '';
      if (one < key || (isIncluded && one === key)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  const within = ({ after, before }: { readonly after: string; readonly before?: string }) =>
    sorted.slice(countBelow(after, true), before === undefined ? sorted.length : countBelow(before, false));
  const sumOf = (some: readonly string[]) => some.reduce((sum, key) => sum + (texts.get(key) ?? 0), 0);
  const countLonger: LongerCount = async (bounds, length) => {
    cost.counts++;
    cost.mostLookedAt = Math.max(cost.mostLookedAt, within(bounds).length);
    return within(bounds).filter((key) => (texts.get(key) ?? 0) > length).length;
  };
  let underWay = 0;
  const query: RangeQuery = async ({ limit, ...bounds }) => {
    underWay++;
    cost.mostUnderWay = Math.max(cost.mostUnderWay, underWay);
    await new Promise(setImmediate);
    underWay--;
    const keysWithin = within(bounds);
    const rows = keysWithin.slice(0, limit);
    cost.queries++;
    cost.lookedAt += keysWithin.length;
    cost.mostLookedAt = Math.max(cost.mostLookedAt, keysWithin.length);
    cost.longest = Math.max(cost.longest, sumOf(rows));
    return rows.map((UUID) => ({ UUID, msg: 'x'.repeat(texts.get(UUID) ?? 0) }));
  };
  const sample = async () => {
    cost.samples++;
    return { keys: sorted.filter(isSampled), oneOf: ONE_OF };
  };
  return { sorted, cost, table: { query, countLonger, size: async () => sorted.length, sample } };
}

/** In ms. */
export const DAY_MS = 86_400_000;
/** The keys of tests begin here. */
export const begin = Date.UTC(2026, 0, 1);
/** Makes keys of version 7, whose times are given by their numbers, in ms; the rest of each looks random, and is the same each time. */
export const many = (length: number, msecs: (n: number) => number) =>
  Array.from({ length }, (_, n) => v7({ msecs: msecs(n), random: createHash('sha256').update(`${n}`).digest() }));
