import { setTimeout as pause } from 'node:timers/promises';

/**
 * How often all loggers are tried, each at most once a round. With a member frozen a round takes 2 s (the members' backup
 * timeout), and the fourth one, after its eviction, succeeds; with no logger at all the rounds take 1.5 s together.
 */
export const MAX_ROUNDS = 5;

/** Waits before the next round: 100 ms after the first one, then twice as long each time, ±50 % so that callers spread. */
export async function pauseBeforeRound(round: number, random: () => number, signal: AbortSignal): Promise<void> {
  if (round === 0) return;
  await pause(100 * 2 ** (round - 1) * (0.5 + random()), undefined, { signal }).catch(() => {});
}
