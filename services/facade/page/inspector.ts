import { Problem, reasonOf } from '../../shared/message/problem.ts';
import { pauseUntil } from '../../shared/timing/waiting.ts';
import type { Logger } from '../events.ts';
import type { LoggerPool } from '../logger-pool.ts';
import type { InspectorClient } from './inspector-client.ts';

/** Asks the loggers, one after the other and in rounds, until one has an answer; throws a Problem if none has. */
export type Inspect = <T>(
  question: (client: InspectorClient, signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
) => Promise<T>;

const PAUSE_MS = 200;

/**
 * Creates the function that looks at the map through whichever logger can tell; it stays with one that does, as each has to count
 * for itself first. `clients` are by the loggers' names.
 */
export function createInspect(pool: LoggerPool<Logger>, clients: ReadonlyMap<string, InspectorClient>): Inspect {
  let preferred: Logger | undefined;

  function order(): readonly Logger[] {
    const loggers = pool.order();
    return [...loggers.filter((logger) => logger === preferred), ...loggers.filter((logger) => logger !== preferred)];
  }

  return async (question, timeoutMs) => {
    const untilMs = performance.now() + timeoutMs;
    let reason = 'no logger is ready';
    // Safe to repeat: it only reads.
    for (;;) {
      for (const logger of order()) {
        const client = clients.get(logger.name);
        const leftMs = Math.ceil(untilMs - performance.now());
        if (client === undefined || leftMs <= 0) continue;
        try {
          const value = await question(client, AbortSignal.timeout(leftMs));
          preferred = logger;
          return value;
        } catch (error) {
          if (error instanceof Problem) throw error;
          reason = `${logger.name}: ${reasonOf(error)}`;
        }
      }
      if (performance.now() + PAUSE_MS > untilMs) throw new Problem('unavailable', `No logger could tell (${reason}).`);
      await pauseUntil([], PAUSE_MS);
    }
  };
}
