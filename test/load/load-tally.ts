import { createLatencies, type Latencies } from './latencies.ts';
import type { LatencySummary, LoadResult } from './load.ts';
import type { LoadAnswer } from './load-connection.ts';

type Tallied = Pick<LoadResult, 'byStatus' | 'refusedWithoutRetryAfter' | 'latencies' | 'acknowledged'>;

/** What the answers to a load come to. */
export interface LoadTally {
  /** Notes the answer to message `n`; throws if it acknowledges another message than that. */
  note(answer: LoadAnswer, UUID: string, n: number, tookMs: number): void;
  result(): Tallied;
}

export function createLoadTally(): LoadTally {
  const acknowledged = new Map<string, number>();
  const byStatus: Record<number, number> = {};
  const stored = createLatencies();
  const refused = createLatencies();
  let refusedWithoutRetryAfter = 0;
  return {
    note({ status, hasRetryAfter, body }, UUID, n, tookMs) {
      byStatus[status] = (byStatus[status] ?? 0) + 1;
      if (status === 201 || status === 200) {
        if (!body.includes(UUID)) throw new Error(`the answer to ${UUID} is ${body}`);
        acknowledged.set(UUID, n);
        stored.add(tookMs);
      } else if (status === 503) {
        if (!hasRetryAfter) refusedWithoutRetryAfter++;
        refused.add(tookMs);
      }
    },
    result: () => ({
      byStatus,
      refusedWithoutRetryAfter,
      acknowledged,
      latencies: { stored: summaryOf(stored), refused: summaryOf(refused) },
    }),
  };
}

function summaryOf(latencies: Latencies): LatencySummary {
  return { count: latencies.count, p50Ms: latencies.percentile(0.5), p99Ms: latencies.percentile(0.99) };
}
