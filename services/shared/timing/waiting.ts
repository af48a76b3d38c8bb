/**
 * Waits for a promise for at most `timeoutMs`, and no longer than until the signal aborts; rejects with an
 * error or the signal's reason. What the promise stands for goes on: say to the caller that its end is unknown.
 */
export async function waitAtMost<T>(promise: Promise<T>, timeoutMs: number, signal: AbortSignal): Promise<T> {
  promise.catch(() => {}); // nobody may be waiting for it any more when it rejects, which would end the process
  signal.throwIfAborted();
  let stop = () => {};
  const stopped = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
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

/**
 * Waits until one of the signals aborts, or `timeoutMs` have passed, if that is given. Nothing of it stays with the signals: what
 * AbortSignal.any adds to one stays there for as long as it lives (Node.js 20, nodejs/node#55351), and some live as long as the process.
 */
export async function pauseUntil(signals: readonly AbortSignal[], timeoutMs?: number): Promise<void> {
  if (signals.some(({ aborted }) => aborted)) return;
  await new Promise<void>((resolve) => {
    const timer = timeoutMs === undefined ? undefined : setTimeout(end, timeoutMs);
    for (const signal of signals) signal.addEventListener('abort', end);
    function end(): void {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', end);
      resolve();
    }
  });
}

/** Runs a task when there is a slot for it. Of those that wait, the one of the lowest rank goes first (default: 0), then the first that came. */
export type InSlot = <T>(task: () => Promise<T>, rank?: number) => Promise<T>;

/** Creates a gate that lets at most `count` tasks run at a time; the others wait. Each should have a deadline of its own. */
export function createSlots(count: number): InSlot {
  const waiting: { readonly rank: number; readonly begin: () => void }[] = [];
  let free = count;

  function wait(rank: number): Promise<void> {
    return new Promise((begin) => {
      const after = waiting.findIndex((other) => other.rank > rank);
      waiting.splice(after === -1 ? waiting.length : after, 0, { rank, begin });
    });
  }

  function passOn(): void {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next.begin();
  }

  return async (task, rank = 0) => {
    if (free > 0) free--;
    else await wait(rank);
    try {
      return await task();
    } finally {
      // Not at once: who had the slot may want it again in this turn of the event loop, and be the one to go first.
      if (waiting.length === 0) free++;
      else setImmediate(passOn);
    }
  };
}
