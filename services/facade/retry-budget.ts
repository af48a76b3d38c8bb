import type { Events } from './events.ts';

const RETRIES_A_SECOND = 10;
const RETRIES_A_REQUEST = 0.2;
const MOST_SAVED = 100;
/** Two seconds' worth: what fails when a member goes or comes back must not have to wait for longer than that. */
const MOST_OWED = 20;

/** Limits repeats, so that an outage is not made worse by them: a few a second, and one for every five requests. */
export interface RetryBudget {
  /** Counts requests that came in. */
  earn(requests: number): void;
  /** Takes the retries of so many requests out of the budget, in debt by up to 20 if need be; false if nothing is left of it. */
  spend(requests: number): boolean;
}

/** Creates a budget that is full at first; `now` gives milliseconds. The method is Finagle's (Twitter): a token bucket. */
export function createRetryBudget(now: () => number = () => performance.now()): RetryBudget {
  let tokens = MOST_SAVED;
  let last = now();
  const refill = (extra: number) => {
    const time = now();
    tokens = Math.min(MOST_SAVED, tokens + ((time - last) / 1000) * RETRIES_A_SECOND + extra);
    last = time;
  };
  return {
    earn: (requests) => refill(requests * RETRIES_A_REQUEST),
    spend(requests) {
      refill(0);
      // A batch can be larger than what can be saved up. It may go all the same, and leaves a small debt. With all of it as debt, 256
      // messages would stop retries for 25 s, and be given up although all loggers are well again.
      if (tokens < 1) return false;
      tokens = Math.max(tokens - requests, -MOST_OWED);
      return true;
    },
  };
}

/** Opens the budget of a facade, fed by what comes; the function it gives takes requests out of it, and says whether it may. */
export function openRetries(events: Events, now?: () => number): (requests: number) => boolean {
  const { earn, spend } = createRetryBudget(now);
  // When they come, not when they go: while batches are stuck, none goes.
  events.on('arrived', () => earn(1));
  events.on('readBegun', () => earn(1));
  return spend;
}
