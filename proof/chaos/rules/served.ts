import type { Check, Event } from '../history/history.ts';
import { isStored } from '../history/window-traffic.ts';

interface Request {
  readonly startMs: number;
  readonly endMs: number;
  readonly status: number;
}

/** The longest time in which no request of these was answered 2xx, from the first request to the last answer. */
export function longestUnservedMs(requests: readonly Request[]): number {
  if (requests.length === 0) return 0;
  let servedMs = requests.reduce((first, { startMs }) => Math.min(first, startMs), Number.POSITIVE_INFINITY);
  let longestMs = 0;
  let lastMs = servedMs;
  for (const request of requests.toSorted((a, b) => a.endMs - b.endMs)) {
    lastMs = request.endMs;
    if (!isStored(request)) continue;
    longestMs = Math.max(longestMs, request.endMs - servedMs);
    servedMs = request.endMs;
  }
  return Math.max(longestMs, lastMs - servedMs);
}

/** Checks that a POST and a GET were answered 2xx soon after the healing, by the events of one window. */
export function checkServed(events: readonly Event[], healedMs: number, withinMs: number): Check {
  const tookMs = (kind: 'post' | 'get') =>
    events.reduce(
      (first, event) =>
        event.kind === kind && isStored(event) && event.endMs >= healedMs
          ? Math.min(first, event.endMs - healedMs)
          : first,
      Number.POSITIVE_INFINITY,
    );
  const [postMs, getMs] = [tookMs('post'), tookMs('get')];
  const show = (ms: number) => (ms === Number.POSITIVE_INFINITY ? 'never' : `after ${(ms / 1_000).toFixed(1)} s`);
  return {
    what: `somebody serves within ${withinMs / 1_000} s after the healing`,
    held: Math.max(postMs, getMs) <= withinMs,
    found: `a POST ${show(postMs)}, a GET ${show(getMs)}`,
    timing: Math.max(postMs, getMs) < Number.POSITIVE_INFINITY,
  };
}
