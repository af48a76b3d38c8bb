interface Options {
  /** How long to wait for the tries that are under way before one more is started beside them. */
  readonly patienceMs: number;
  /** Asked before each try but the first; false ends the starting of further ones. */
  readonly mayStart: () => boolean;
}

/**
 * Starts tries one after the other, the next when one failed or took too long, and gives the first success; the slow
 * ones go on beside. Rejects with the last error when all have failed. ("The Tail at Scale", Dean and Barroso, 2013:
 * hedged requests.)
 */
export function hedge<T>(tries: readonly (() => Promise<T>)[], { patienceMs, mayStart }: Options): Promise<T> {
  return new Promise((resolve, reject) => {
    let started = 0;
    let running = 0;
    let timer: NodeJS.Timeout | undefined;
    const startNext = (lastError?: unknown) => {
      clearTimeout(timer);
      const start = tries[started];
      if (start === undefined || (started > 0 && !mayStart())) {
        if (running === 0) reject(lastError);
        return;
      }
      started++;
      running++;
      timer = setTimeout(startNext, patienceMs);
      start().then(
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
