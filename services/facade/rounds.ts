import type { Log } from '../shared/observing/log.ts';
import { pauseUntil } from '../shared/timing/deadline.ts';
import type { LoggerPool } from './logger-pool.ts';
import type { CountFailover } from './metrics/pool-metrics.ts';
import type { RetryBudget } from './retry-budget.ts';

/** What it takes to try the loggers in rounds, to write or to read. */
export interface Routing {
  readonly pool: LoggerPool;
  readonly budget: RetryBudget;
  readonly log: Log;
  readonly countFailover: CountFailover;
  /** Gives a number from 0 to below 1. */
  readonly random: () => number;
  readonly requestTimeoutMs: number;
  /** How long a request waits while no logger can be used at all. */
  readonly outageTimeoutMs: number;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 800;

/** Waits before the next round: 100 ms after the first one, then twice as long each time, ±20 % so that callers spread. */
export async function pauseBeforeRound(round: number, random: () => number, signal?: AbortSignal): Promise<void> {
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (round - 1), LONGEST_PAUSE_MS) * (0.8 + 0.4 * random());
  await pauseUntil(signal === undefined ? [] : [signal], pauseMs);
}
