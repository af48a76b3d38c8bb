/**
 * Creates a gate that lets at most `count` tasks run at a time; the others wait their turn. Each should have a deadline
 * of its own.
 */
export function createSlots(count: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = count;
  return async (task) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next(); // its slot goes straight to the next one
    }
  };
}
