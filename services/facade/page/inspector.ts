import { Problem, reasonOf } from '../../shared/message/problem.ts';
import { pauseUntil } from '../../shared/timing/waiting.ts';
import type { Logger } from '../events.ts';
import { createHttpClient } from '../http-client.ts';
import type { LoggerPool } from '../logger-pool.ts';

/** How the map lies over the members, as a logger tells it (services/logger/reading/inspect/map-inspector.ts says what each means). */
export interface MapLayout {
  readonly members: readonly string[];
  readonly owners: readonly number[];
  readonly entries: readonly number[];
  readonly copies?: number;
  readonly size: number;
  readonly isExact: boolean;
  readonly isFresh: boolean;
  readonly duplicated: number;
  readonly safe?: boolean;
}

/**
 * Asks the loggers for what is at a path, one after the other and in rounds, until one has an answer: an object with the
 * member `has`, taken as it is. Throws a Problem: not-found or malformed as a logger says; unavailable if none answers in time.
 */
export type Inspect = <T>(
  path: string,
  timeoutMs: number,
  how: { readonly params?: object; readonly body?: object; readonly has: string },
) => Promise<T>;

const PAUSE_MS = 200;

/**
 * Creates the function that looks at the map through whichever logger can tell; it stays with one that does, as each has to count
 * for itself first.
 */
export function createInspect(pool: LoggerPool<Logger>): Inspect {
  const clients = new Map(pool.loggers.map(({ name, url }) => [name, createHttpClient(url)]));
  let preferred = '';

  return async <T>(path: string, timeoutMs: number, { params, body, has }: Parameters<Inspect>[2]) => {
    const request = {
      url: path,
      params,
      maxContentLength: -1, // texts may be longer than one that comes now
      ...(body === undefined
        ? {}
        : { method: 'POST', data: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    };
    const untilMs = performance.now() + timeoutMs;
    let reason = 'no logger is ready';
    // Safe to repeat: it only reads.
    for (;;) {
      const names = pool.order().map(({ name }) => name);
      for (const name of names.includes(preferred) ? new Set([preferred, ...names]) : names) {
        const leftMs = Math.ceil(untilMs - performance.now());
        if (leftMs <= 0) break;
        try {
          const response = await clients
            .get(name)
            ?.request<string>({ ...request, signal: AbortSignal.timeout(leftMs) });
          if (response?.status === 404) throw new Problem('not-found', String(JSON.parse(response.data).detail));
          if (response?.status === 400) throw new Problem('malformed', String(JSON.parse(response.data).detail));
          if (response?.status !== 200) throw new Error(`it answered ${response?.status}`);
          const answer: unknown = JSON.parse(response.data);
          if (Object(answer)[has] === undefined) throw new Error('it answered something else');
          preferred = name;
          return answer as T;
        } catch (error) {
          if (error instanceof Problem) throw error;
          reason = `${name}: ${reasonOf(error)}`;
        }
      }
      if (performance.now() + PAUSE_MS > untilMs) throw new Problem('unavailable', `No logger could tell (${reason}).`);
      await pauseUntil([], PAUSE_MS);
    }
  };
}
