import type { Events } from './events.ts';

const RETRIES_A_SECOND = 10;
const RETRIES_A_REQUEST = 0.2;
const MOST_SAVED = 100;
/** Two seconds' worth: what fails when a member goes or comes back must not have to wait for longer than that. */
const MOST_OWED = 20;

/**
 * Opens the budget of a facade's repeats, so that an outage is not made worse by them: a few a second, and one for every five requests
 * that come. The function it gives takes the retries of so many requests out of it, in debt by up to 20 if need be; it says false if
 * nothing is left. `now` gives milliseconds. The method is Finagle's (Twitter): a token bucket, full at first.
 */
export function openRetries(events: Events, now = () => performance.now()): (requests: number) => boolean {
  let tokens = MOST_SAVED;
  let last = now();
  function refill(extra: number): void {
    const time = now();
    tokens = Math.min(MOST_SAVED, tokens + ((time - last) / 1000) * RETRIES_A_SECOND + extra);
    last = time;
  }
  // When they come, not when they go: while batches are stuck, none goes.
  events.on('arrived', () => refill(RETRIES_A_REQUEST));
  events.on('readBegun', () => refill(RETRIES_A_REQUEST));
  return (requests) => {
    refill(0);
    // A batch can be larger than what can be saved up. It may go all the same, and leaves a small debt. With all of it as debt, 256
    // messages would stop retries for 25 s, and be given up although all loggers are well again.
    if (tokens < 1) return false;
    tokens = Math.max(tokens - requests, -MOST_OWED);
    return true;
  };
}
