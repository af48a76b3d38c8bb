import type { AxiosInstance, AxiosResponse } from 'axios';
import type { TracedMessage } from '../shared/message/message.ts';
import { forLog } from '../shared/message/printable.ts';
import { Problem } from '../shared/message/problem.ts';
import type { TraceContext } from '../shared/message/trace.ts';
import type { Outcome } from './events.ts';

const MAX_DETAIL_LENGTH = 300;
const OUTCOMES: readonly Outcome[] = ['stored', 'present', 'conflict'];

/** Thrown when a logger refuses what it was sent (4xx). */
export class RefusedError extends Error {}

/**
 * Stores messages through a logger; each has its outcome, or the Problem insufficient-storage: there was no room left for it.
 * Whatever is not a whole, well-formed answer of a logger is thrown as an Error; a Problem (insufficient-storage) if its disk is full.
 */
export type Store = (
  messages: readonly TracedMessage[],
  signal: AbortSignal,
  trace: TraceContext,
) => Promise<readonly (Outcome | Problem)[]>;

/** Creates the client that stores through the logger of an HTTP client. */
export function createStoreClient(http: AxiosInstance): Store {
  return async (messages, signal, { traceparent }) => {
    const headers = { 'Content-Type': 'application/json', traceparent };
    const response = await http.post('/database/batch', JSON.stringify({ messages }), { signal, headers });
    if (response.status === 507) throw new Problem('insufficient-storage', detailOf(response));
    if (response.status >= 400 && response.status < 500) throw new RefusedError(problemOf(response));
    if (response.status !== 200) throw new Error(problemOf(response));
    return parseOutcomes(JSON.parse(response.data), messages.length);
  };
}

function parseOutcomes(value: unknown, count: number): (Outcome | Problem)[] {
  const { outcomes, detail } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (!Array.isArray(outcomes) || outcomes.length !== count)
    throw new Error('it answered 200, but not with the outcomes');
  return outcomes.map((outcome) => {
    if (outcome === 'full') {
      const text = typeof detail === 'string' ? forLog(detail, MAX_DETAIL_LENGTH) : 'It is not stored.';
      return new Problem('insufficient-storage', text);
    }
    const known = OUTCOMES.find((one) => one === outcome);
    if (known === undefined) throw new Error('it answered 200, but with an outcome that is none');
    return known;
  });
}

function problemOf(response: AxiosResponse): string {
  return `it answered ${response.status}: ${detailOf(response)}`;
}

function detailOf({ data }: AxiosResponse): string {
  try {
    return forLog(String(JSON.parse(data).detail), MAX_DETAIL_LENGTH);
  } catch {
    return 'no reason given';
  }
}
