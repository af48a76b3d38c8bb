import type { IncomingMessage } from 'node:http';
import type { AxiosResponse } from 'axios';
import { type ClusterView, clusterOf, parseClusterView } from '../shared/cluster-view.ts';
import type { TracedMessage } from '../shared/message.ts';
import { type LineChunks, NDJSON, type ReadRange, wholeLines } from '../shared/message-stream.ts';
import { forLog } from '../shared/printable.ts';
import { Problem } from '../shared/problem.ts';
import type { TraceContext } from '../shared/trace.ts';
import { createHttpClient } from './http-client.ts';

const MAX_DETAIL_LENGTH = 300;
const OUTCOMES = ['stored', 'present', 'conflict'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What a logger says of itself. */
export interface LoggerHealth {
  readonly ready: boolean;
  readonly reason?: string;
  readonly member?: string;
  /** While it is not ready: whether it may have to store messages again before others can read them. */
  readonly owing?: boolean;
  readonly cluster?: ClusterView;
}

/** Thrown when a logger refuses what it was sent (4xx): another logger would as well. */
export class RefusedError extends Error {}

/** Messages on their way from a logger. */
export interface ReadAnswer {
  readonly chunks: LineChunks;
  /** The cluster it reads in, as the logger saw it at the start. */
  readonly cluster: ClusterView;
  /** The same, once all chunks have come; throws if the logger did not say. */
  clusterAtEnd(): ClusterView;
}

/** One logger, called over HTTP. Whatever is not a whole, well-formed answer of a logger is thrown as an Error. */
export interface LoggerClient {
  readonly name: string;
  readonly url: string;
  /** Stores messages; each has its outcome, or the Problem insufficient-storage: there was no room left for it. */
  store(
    messages: readonly TracedMessage[],
    signal: AbortSignal,
    trace?: TraceContext,
  ): Promise<{ outcomes: (Outcome | Problem)[]; cluster: ClusterView }>;
  read(range: ReadRange, signal: AbortSignal, trace?: TraceContext): Promise<ReadAnswer>;
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
      const outcomes = parseOutcomes(JSON.parse(response.data), messages.length);
      return { outcomes, cluster: clusterOf(response.headers) };
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
        return {
          chunks: wholeLines(response.data, maxLineBytes),
          cluster: clusterOf(response.headers),
          clusterAtEnd: () => clusterOf(response.data.trailers),
        };
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
  const { ready, reason, member, owing, cluster } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof ready !== 'boolean') throw new Error('it did not say whether it is ready');
  const { members } = (cluster ?? {}) as { members?: unknown };
  const view = Array.isArray(members) ? parseClusterView(members.join()) : undefined;
  return {
    ready,
    ...(typeof reason === 'string' ? { reason: forLog(reason, MAX_DETAIL_LENGTH) } : {}),
    ...(typeof member === 'string' ? { member } : {}),
    ...(owing === true ? { owing } : {}),
    ...(view === undefined ? {} : { cluster: view }),
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
