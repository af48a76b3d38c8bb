import { setTimeout as pause } from 'node:timers/promises';

/** Thrown by what `until` looks at: it will never hold. */
export class NeverError extends Error {}

/** Waits until a condition holds; throws after `timeoutMs`, or at once a NeverError that the check throws. */
export async function until<T>(what: string, timeoutMs: number, check: () => Promise<T | false>): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await check().catch((error: unknown) => {
      if (error instanceof NeverError) throw error;
      return false as const;
    });
    if (value !== false) return value;
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await pause(100);
  }
}
