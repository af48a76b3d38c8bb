import { isStored, type WindowTraffic } from '../history/window-traffic.ts';
import { percentile, sortedTimes } from './percentile.ts';
import { longestUnservedMs } from './served.ts';
import type { Finding } from './violation.ts';

/** How many requests had which status; 0 is no whole answer. */
export type Statuses = ReadonlyMap<number, number>;

/** A window in figures. */
export interface Row {
  readonly name: string;
  readonly seed: number;
  readonly requests: number;
  readonly postStatuses: Statuses;
  readonly getStatuses: Statuses;
  /** Messages that were acknowledged. */
  readonly stored: number;
  readonly slowestPostMs: number;
  readonly slowestGetMs: number;
  /** Of all POSTs, whatever their status. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** The longest time in which no POST was answered 2xx, and no GET. */
  readonly unservedPostMs: number;
  readonly unservedGetMs: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Reads that were. */
  readonly stale: number;
  /** From healing on; undefined if it never was. */
  readonly secondsUntilReady: number | undefined;
  /** The rules that were broken; those about times apart. */
  readonly broken: readonly string[];
  readonly brokenTimes: readonly string[];
}

/** The figures of a window, with what the rules found in it. */
export function rowOf({ window, posts, gets, messages }: WindowTraffic, findings: readonly Finding[]): Row {
  const postTimes = sortedTimes(posts);
  const count = (rule: string) =>
    findings.filter((found) => found.rule === rule).reduce((sum, found) => sum + found.count, 0);
  return {
    name: window.name,
    seed: window.seed,
    requests: posts.length + gets.length,
    postStatuses: countStatuses(posts),
    getStatuses: countStatuses(gets),
    stored: messages.filter(({ acknowledged }) => acknowledged.some(isStored)).length,
    slowestPostMs: percentile(postTimes, 1),
    slowestGetMs: percentile(sortedTimes(gets), 1),
    p50Ms: percentile(postTimes, 0.5),
    p99Ms: percentile(postTimes, 0.99),
    p999Ms: percentile(postTimes, 0.999),
    unservedPostMs: longestUnservedMs(posts),
    unservedGetMs: longestUnservedMs(gets),
    lost: count('lost'),
    duplicated: count('duplicated'),
    stale: count('stale'),
    secondsUntilReady: window.readyMs === undefined ? undefined : (window.readyMs - window.healedMs) / 1000,
    broken: findings.filter(({ timing }) => !timing).map(({ rule }) => rule),
    brokenTimes: findings.filter(({ timing }) => timing).map(({ rule }) => rule),
  };
}

function countStatuses(requests: readonly { readonly status: number }[]): Statuses {
  const statuses = new Map<number, number>();
  for (const { status } of requests) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  return new Map([...statuses].sort(([a], [b]) => a - b));
}
