import type { Event } from '../history/history.ts';
import { groupByWindow, type WindowTraffic } from '../history/window-traffic.ts';
import {
  findFailed,
  findHighP99,
  findLateRefusals,
  findLowRate,
  findNotReady,
  findSlow,
  findStoredNonetheless,
} from './bar-rules.ts';
import { findNoTraffic, findNotHappened, findNotHeld, findUnfinished } from './instrument-rules.ts';
import type { Linearizability } from './linearizability.ts';
import { findDuplicated, findLost, findWrongUuids } from './message-rules.ts';
import { findInvented, findMalformed, findOutOfOrder, findStale } from './read-rules.ts';
import { findConflicts, findLate, findNoRetryAfter, findWrongStatuses, showRequest } from './request-rules.ts';
import { type Row, rowOf } from './row.ts';
import { type Finding, finding, findingOf, type Violation } from './violation.ts';

/** What a history shows. */
export interface Verdict {
  /** One a window, in the order of time. */
  readonly rows: readonly Row[];
  readonly violations: readonly Violation[];
  /** Whether there is no violation at all, of times neither. */
  readonly passed: boolean;
}

interface Options {
  /** The longest that a caller waits for any request. */
  readonly deadlineMs: number;
  /** What a checker that is not ours says of the same history. */
  readonly linearizability?: Linearizability;
}

const RULES: readonly ((traffic: WindowTraffic, deadlineMs: number) => readonly Finding[])[] = [
  findLost,
  findDuplicated,
  findWrongUuids,
  findInvented,
  findOutOfOrder,
  findStale,
  findMalformed,
  findLate,
  findConflicts,
  findWrongStatuses,
  findNoRetryAfter,
  findFailed,
  findSlow,
  findLateRefusals,
  findStoredNonetheless,
  findLowRate,
  findHighP99,
  findNotReady,
  findNotHappened,
  findNotHeld,
  findNoTraffic,
  findUnfinished,
];

/** Checks a history: what was promised of every window, and what its bars demand. The history may be in any order. */
export function checkHistory(events: readonly Event[], { deadlineMs, linearizability }: Options): Verdict {
  const { traffic, strays } = groupByWindow(events);
  const judged = traffic.map((each) => ({
    traffic: each,
    findings: [...RULES.flatMap((rule) => rule(each, deadlineMs)), ...(linearizability?.findIn(each.window) ?? [])],
  }));
  // What is in no window was checked by nobody, as when a run ends before its window does.
  const unchecked = [
    ...findingOf('unchecked', 'requests are in no window', strays, showRequest),
    ...(traffic.length === 0 ? [finding('unchecked', 'the history has no window')] : []),
  ];
  const violations = [
    ...judged.flatMap(({ traffic: { window }, findings }) =>
      findings.map((found) => ({ ...found, window: window.name, seed: window.seed })),
    ),
    ...unchecked.map((found) => ({ ...found, window: '(none)', seed: 0 })),
  ];
  return {
    rows: judged.map(({ traffic: each, findings }) => rowOf(each, findings)),
    violations,
    passed: violations.length === 0,
  };
}

/** Whether a verdict is good, times included or not: a busy machine makes times that say nothing. */
export function hasPassed({ violations }: Verdict, { withTimes }: { readonly withTimes: boolean }): boolean {
  return violations.every(({ timing }) => timing && !withTimes);
}
