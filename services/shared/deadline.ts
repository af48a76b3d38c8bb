import { setTimeout as pause } from 'node:timers/promises';

/** Thrown when something took longer than it may. */
export class DeadlineError extends Error {
  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
    this.name = 'DeadlineError';
  }
}

/**
 * Waits for a promise for at most `timeoutMs`, and no longer than until the signal aborts; rejects with a
 * DeadlineError or the signal's reason. What the promise stands for goes on: say to the caller that its end is unknown.
 */
export async function waitAtMost<T>(promise: Promise<T>, timeoutMs: number, signal: AbortSignal): Promise<T> {
  promise.catch(() => {}); // nobody may be waiting for it any more when it rejects, which would end the process
  signal.throwIfAborted();
  let stop = () => {};
  const stopped = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => reject(new DeadlineError(timeoutMs)), timeoutMs);
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort);
    stop = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
  });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    stop();
  }
}

/** Waits until one of the signals aborts, or `timeoutMs` have passed. */
export async function pauseUntil(signals: readonly AbortSignal[], timeoutMs = 2 ** 31 - 1): Promise<void> {
  await pause(timeoutMs, undefined, { signal: AbortSignal.any([...signals]) }).catch(() => {});
}
