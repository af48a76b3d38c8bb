import { pauseUntil } from '../shared/deadline.ts';

/**
 * How often all loggers are tried, each at most once a round. With a member frozen a round takes 2 s (the members' backup
 * timeout), and the one after its eviction succeeds; with no logger at all the rounds take about 4 s together, so that a
 * logger that is just coming back is not missed.
 */
export const MAX_ROUNDS = 8;
const LONGEST_PAUSE_MS = 800;

/** Waits before the next round: 100 ms after the first one, then twice as long each time, ±20 % so that callers spread. */
export async function pauseBeforeRound(round: number, random: () => number, signal: AbortSignal): Promise<void> {
  if (round === 0) return;
  const pauseMs = Math.min(100 * 2 ** (round - 1), LONGEST_PAUSE_MS) * (0.8 + 0.4 * random());
  await pauseUntil([signal], pauseMs);
}
