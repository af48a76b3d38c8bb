import { walk } from '../history/ranges.ts';
import { acknowledgedMs, type WindowTraffic } from '../history/window-traffic.ts';

/**
 * From when on each message of a window has to be there, by its index: from its acknowledgement, or from the end of the first
 * read that had it, whichever is earlier; Infinity if it need not be there at all. Only requests that started at `fromMs` or
 * later count.
 */
export function thereMs({ gets, messages }: WindowTraffic, fromMs = Number.NEGATIVE_INFINITY): readonly number[] {
  const numbers = messages.map(({ n }) => n);
  const there = messages.map((message) => acknowledgedMs(message, fromMs));
  for (const { startMs, endMs, seen } of gets) {
    if (seen === undefined || startMs < fromMs) continue;
    walk(seen.ranges, numbers, (index, has) => {
      if (has && endMs < (there[index] ?? 0)) there[index] = endMs;
    });
  }
  return there;
}
