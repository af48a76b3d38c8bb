import { isStored, type WindowTraffic } from '../history/window-traffic.ts';
import { percentile, sortedTimes } from '../rules/percentile.ts';

const SHORTEST_MS = 250;
const MOST_BUCKETS = 480;

/** What happened in one short stretch of a window. Times of requests are of those that started in it; NaN if none did. */
export interface Bucket {
  /** From the start of the window. */
  readonly fromMs: number;
  readonly toMs: number;
  /** POSTs that were answered 2xx in it, a second. */
  readonly stored: number;
  /** POSTs that ended in another way in it, a second. */
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
  readonly slowestFailedMs: number;
  readonly slowestGetMs: number;
}

/** Cuts a window into buckets of 250 ms, or of a multiple of it if that made too many to draw. */
export function bucketsOf({ window, posts, gets }: WindowTraffic): readonly Bucket[] {
  const lengthMs = window.endMs - window.startMs;
  const widthMs = SHORTEST_MS * Math.max(1, Math.ceil(lengthMs / SHORTEST_MS / MOST_BUCKETS));
  const count = Math.max(1, Math.ceil(lengthMs / widthMs));
  const group = <T>(items: readonly T[], msOf: (item: T) => number) => {
    const groups: T[][] = Array.from({ length: count }, () => []);
    for (const item of items) {
      groups[Math.min(count - 1, Math.floor((msOf(item) - window.startMs) / widthMs))]?.push(item);
    }
    return groups;
  };
  const ended = group(posts, ({ endMs }) => endMs);
  const read = group(gets, ({ startMs }) => startMs);
  return group(posts, ({ startMs }) => startMs).map((started, at) => {
    const times = sortedTimes(started);
    const timeAt = (share: number, sorted = times) => (sorted.length === 0 ? Number.NaN : percentile(sorted, share));
    const stored = (ended[at] ?? []).filter(isStored).length;
    return {
      fromMs: at * widthMs,
      toMs: (at + 1) * widthMs,
      stored: (1000 * stored) / widthMs,
      failed: (1000 * ((ended[at] ?? []).length - stored)) / widthMs,
      p50Ms: timeAt(0.5),
      p99Ms: timeAt(0.99),
      slowestMs: timeAt(1),
      slowestFailedMs: timeAt(1, sortedTimes(started.filter((post) => !isStored(post)))),
      slowestGetMs: timeAt(1, sortedTimes(read[at] ?? [])),
    };
  });
}
