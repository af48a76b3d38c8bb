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
