const RETRIES_A_SECOND = 10;
const RETRIES_A_REQUEST = 0.2;
const MOST_SAVED = 100;

/** Limits repeats, so that an outage is not made worse by them: a few a second, and one for every five requests. */
export interface RetryBudget {
  /** Counts requests that came in. */
  earn(requests: number): void;
  /** Takes one retry out of the budget; false if it is used up. */
  spend(): boolean;
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
    spend() {
      refill(0);
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
