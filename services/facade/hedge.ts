/** One way to get at the result. */
export interface Try<T> {
  readonly start: () => Promise<T>;
  /** How long it is waited for before the next one is started beside it. */
  readonly patienceMs: number;
  /** Called when it has taken that long. */
  readonly onSlow: () => void;
}

/**
 * Starts tries one after the other, the next when one failed or took too long, and gives the first success; the slow
 * ones go on beside. `mayStart` is asked before each but the first; false ends the starting of further ones.
 * Rejects with the last error when all have failed. ("The Tail at Scale", Dean and Barroso, 2013: hedged requests.)
 */
export function hedge<T>(tries: readonly Try<T>[], mayStart: () => boolean): Promise<T> {
  return new Promise((resolve, reject) => {
    let started = 0;
    let running = 0;
    let timer: NodeJS.Timeout | undefined;
    const startNext = (lastError?: unknown) => {
      clearTimeout(timer);
      const next = tries[started];
      if (next === undefined || (started > 0 && !mayStart())) {
        if (running === 0) reject(lastError);
        return;
      }
      started++;
      running++;
      timer = setTimeout(() => {
        next.onSlow();
        startNext();
      }, next.patienceMs);
      next.start().then(
        (value) => {
          started = tries.length;
          clearTimeout(timer);
          resolve(value);
        },
        (error: unknown) => {
          running--;
          startNext(error);
        },
      );
    };
    startNext();
  });
}
