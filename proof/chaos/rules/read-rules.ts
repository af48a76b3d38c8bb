import type { Seen } from '../history/history.ts';
import { sizeOf, walk } from '../history/ranges.ts';
import type { WindowTraffic } from '../history/window-traffic.ts';
import { showRequest } from './request-rules.ts';
import { thereMs } from './there.ts';
import { type Finding, findingOf, showMoment } from './violation.ts';

interface Read {
  readonly name: string;
  readonly endMs: number;
  readonly seen: Seen;
}

function readsOf({ window, gets }: WindowTraffic): readonly Read[] {
  const reads = gets.flatMap(({ format, startMs, endMs, seen }) =>
    seen === undefined ? [] : [{ name: `the ${format} read at ${showMoment(startMs)}`, endMs, seen }],
  );
  const { finalRead } = window;
  return finalRead === undefined
    ? reads
    : [...reads, { name: 'the final read', endMs: Number.POSITIVE_INFINITY, seen: finalRead }];
}

/** No read shows a text that nobody sent, or one before it was sent. */
export function findInvented(traffic: WindowTraffic): readonly Finding[] {
  const numbers = traffic.messages.map(({ n }) => n);
  const starts = traffic.messages.map(({ startMs }) => startMs);
  const invented: string[] = [];
  for (const { name, endMs, seen } of readsOf(traffic)) {
    for (const text of seen.invented) invented.push(`${name} has ${JSON.stringify(text)}`);
    let posted = 0;
    let early = 0;
    walk(seen.ranges, numbers, (index, has) => {
      if (!has) return;
      posted++;
      if ((starts[index] ?? 0) > endMs) early++;
    });
    const never = sizeOf(seen.ranges) - posted;
    if (early > 0) invented.push(`${name} has ${early} that were posted after it`);
    if (never > 0) invented.push(`${name} has ${never} that were never posted, the first ${firstOther(seen, numbers)}`);
  }
  return findingOf('invented', 'times a read had what was not sent', invented);
}

function firstOther({ ranges }: Seen, numbers: readonly number[]): number | undefined {
  const known = new Set(numbers);
  for (const [first, last] of ranges) for (let n = first; n <= last; n++) if (!known.has(n)) return n;
  return undefined;
}

/** Messages come in the order of their keys. */
export function findOutOfOrder(traffic: WindowTraffic): readonly Finding[] {
  const wrong = readsOf(traffic).filter(({ seen }) => seen.outOfOrder.length > 0);
  return findingOf(
    'out of order',
    'reads had messages behind a later key',
    wrong,
    ({ name, seen }) => `${name}, ${seen.outOfOrder.length}, the first ${seen.outOfOrder[0]}`,
  );
}

/** A read has every message that was acknowledged, or read by another one, before it began. */
export function findStale(traffic: WindowTraffic): readonly Finding[] {
  const { window, gets, messages } = traffic;
  const numbers = messages.map(({ n }) => n);
  const there = thereMs(traffic);
  // When memory was lost on purpose, a read that ended before that owes everything, any other only what came after.
  const inNewMemory = window.memoryLost ? thereMs(traffic, window.healedMs) : there;
  const stale: string[] = [];
  for (const { format, startMs, endMs, seen } of gets) {
    if (seen === undefined) continue;
    const owedFrom = endMs < window.injectedMs ? there : inNewMemory;
    let missing = 0;
    let example: number | undefined;
    walk(seen.ranges, numbers, (index, has) => {
      if (has || (owedFrom[index] ?? 0) >= startMs) return;
      missing++;
      example ??= numbers[index];
    });
    if (missing > 0) {
      stale.push(`the ${format} read at ${showMoment(startMs)} lacks ${missing}, the first ${example}`);
    }
  }
  return findingOf('stale', 'reads lack messages that were acknowledged or read before they began', stale);
}

/** A read that ended as if it were whole is well-formed. */
export function findMalformed({ posts, gets }: WindowTraffic): readonly Finding[] {
  const wrong = [
    ...posts.filter(({ malformed }) => malformed),
    ...gets.filter(({ status, seen }) => status === 200 && seen === undefined),
  ];
  return findingOf('malformed', 'whole 2xx answers were not well-formed', wrong, showRequest);
}
