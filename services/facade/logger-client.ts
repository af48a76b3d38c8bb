import type { IncomingMessage } from 'node:http';
import type { AxiosResponse } from 'axios';
import type { TracedMessage } from '../shared/message/message.ts';
import { type LineChunks, NDJSON, type ReadRange, wholeLines } from '../shared/message/message-stream.ts';
import { forLog } from '../shared/message/printable.ts';
import { Problem } from '../shared/message/problem.ts';
import type { TraceContext } from '../shared/message/trace.ts';
import { createHttpClient } from './http-client.ts';

const MAX_DETAIL_LENGTH = 300;
const OUTCOMES = ['stored', 'present', 'conflict'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** How a logger can say that it is. */
const LOGGER_STATES = ['ready', 'waiting-for-member', 'no-quorum', 'ending'] as const;
/** How a logger is, for programs: as it says, or as the facade finds it. */
export type LoggerState = (typeof LOGGER_STATES)[number] | 'not-ready' | 'not-asked' | 'silent' | 'unreachable';

/** What a logger says of itself. */
export interface LoggerHealth {
  readonly ready: boolean;
  readonly reason?: string;
  readonly state: LoggerState;
  readonly member?: string;
  /** How many members its cluster has, and which. */
  readonly cluster?: { readonly size: number; readonly members: readonly string[] };
}

/** Thrown when a logger refuses what it was sent (4xx): another logger would as well. */
export class RefusedError extends Error {}

/** One logger, called over HTTP. Whatever is not a whole, well-formed answer of a logger is thrown as an Error. */
export interface LoggerClient {
  readonly name: string;
  readonly url: string;
  /** Stores messages; each has its outcome, or the Problem insufficient-storage: there was no room left for it. */
  store(messages: readonly TracedMessage[], signal: AbortSignal, trace?: TraceContext): Promise<(Outcome | Problem)[]>;
  /** Reads messages, in chunks of whole lines. A stream that breaks off throws an Error. */
  read(range: ReadRange, signal: AbortSignal, trace?: TraceContext): Promise<LineChunks>;
  health(signal: AbortSignal): Promise<LoggerHealth>;
}

/** Creates the client of the logger at a URL. */
export function createLoggerClient(
  name: string,
  url: string,
  { maxLineBytes }: { readonly maxLineBytes: number },
): LoggerClient {
  // One each: reads that nobody takes must not hold up stores and health checks.
  const [stores, reads, checks] = [createHttpClient(url), createHttpClient(url), createHttpClient(url)];
  return {
    name,
    url,
    async store(messages, signal, trace) {
      const body = JSON.stringify({ messages });
      const response = await stores.post('/database/batch', body, {
        signal,
        headers: { 'Content-Type': 'application/json', traceparent: trace?.traceparent },
      });
      if (response.status >= 400 && response.status < 500) throw new RefusedError(problemOf(response));
      if (response.status !== 200) throw new Error(problemOf(response));
      return parseOutcomes(JSON.parse(response.data), messages.length);
    },
    async read({ after, limit }, signal, trace) {
      const response = await reads.get<IncomingMessage>('/database/', {
        signal,
        params: { after, limit },
        headers: { Accept: NDJSON, traceparent: trace?.traceparent },
        responseType: 'stream',
        maxContentLength: -1,
      });
      try {
        if (response.status !== 200) throw new Error(`it answered ${response.status}`);
        if (!String(response.headers['content-type']).startsWith(NDJSON))
          throw new Error('it answered 200, but not with messages');
        return wholeLines(response.data, maxLineBytes);
      } catch (error) {
        response.data.destroy();
        throw error;
      }
    },
    async health(signal) {
      const response = await checks.get('/health/ready', { signal, params: { safe: 'no' } });
      if (response.status !== 200 && response.status !== 503) throw new Error(`it answered ${response.status}`);
      return parseHealth(JSON.parse(response.data));
    },
  };
}

function parseHealth(value: unknown): LoggerHealth {
  const { ready, state, reason, member, cluster } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof ready !== 'boolean') throw new Error('it did not say whether it is ready');
  const { size, members } = (cluster ?? {}) as Readonly<Record<string, unknown>>;
  return {
    ready,
    state: LOGGER_STATES.find((one) => one === state) ?? (ready ? 'ready' : 'not-ready'),
    ...(typeof reason === 'string' ? { reason: forLog(reason, MAX_DETAIL_LENGTH) } : {}),
    ...(typeof member === 'string' ? { member } : {}),
    ...(typeof size === 'number' && Array.isArray(members) ? { cluster: { size, members: members.map(String) } } : {}),
  };
}

function parseOutcomes(value: unknown, count: number): (Outcome | Problem)[] {
  const { outcomes, detail } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (!Array.isArray(outcomes) || outcomes.length !== count)
    throw new Error('it answered 200, but not with the outcomes');
  return outcomes.map((outcome) => {
    if (outcome === 'full')
      return new Problem(
        'insufficient-storage',
        typeof detail === 'string' ? forLog(detail, MAX_DETAIL_LENGTH) : 'It is not stored.',
      );
    const known = OUTCOMES.find((one) => one === outcome);
    if (known === undefined) throw new Error('it answered 200, but with an outcome that is none');
    return known;
  });
}

function problemOf({ status, data }: AxiosResponse): string {
  try {
    return `it answered ${status}: ${forLog(String(JSON.parse(data).detail), MAX_DETAIL_LENGTH)}`;
  } catch {
    return `it answered ${status}`;
  }
}
