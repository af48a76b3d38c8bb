import { randomUUID } from 'node:crypto';

/** Where in a trace something is done, in the form that is passed on to whoever is called for it (W3C Trace Context). */
export interface TraceContext {
  readonly traceId: string;
  readonly traceparent: string;
}

const TRACEPARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);

/** Reads a `traceparent`; undefined if it is none. */
export function parseTraceparent(value: unknown): TraceContext | undefined {
  if (typeof value !== 'string') return undefined;
  const [, version, traceId, spanId, flags, more] = TRACEPARENT.exec(value) ?? [];
  if (traceId === undefined || traceId === NO_TRACE || spanId === NO_SPAN || version === 'ff') return undefined;
  if (version === '00') return more === undefined ? { traceId, traceparent: value } : undefined;
  return { traceId, traceparent: `00-${traceId}-${spanId}-${flags}` }; // of a later version, what this one knows
}

/** Begins a trace that nobody records: it is marked as not sampled, and the end of its id stands for who began it. */
export function beginTrace(): TraceContext {
  const traceId = randomUUID().replaceAll('-', ''); // its version and variant keep both halves from being zero
  return { traceId, traceparent: `00-${traceId}-${traceId.slice(16)}-00` };
}

/** The id of a trace in the form of a UUID: what a request is called to which its caller gave no id. */
export function asUuid({ traceId: id }: TraceContext): string {
  return `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`;
}
