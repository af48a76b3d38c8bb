import type { Span, Tracer } from '../shared/tracer.ts';

interface Options {
  readonly logger: string;
  /** The spans of the requests that it is made for. */
  readonly callers: readonly Span[];
}

/** An attempt to do something through a logger. */
interface Attempt {
  readonly span: Span;
  /** What its log lines are marked with: its trace and, if it is made for several requests, theirs. */
  readonly ids: { readonly traceId: string; readonly traceIds?: readonly string[] };
}

/** Starts the span of an attempt. For one request it is part of its trace; for several it is a trace of its own, linked with theirs. */
export function startAttempt(tracer: Tracer, name: string, { logger, callers }: Options): Attempt {
  const attributes = { 'trilog.logger': logger, 'trilog.requests': callers.length };
  const [first] = callers;
  if (callers.length === 1) {
    const span = tracer.startSpan(name, { kind: 'client', parent: first, attributes });
    return { span, ids: { traceId: span.traceId } };
  }
  const span = tracer.startSpan(name, { kind: 'client', links: callers, attributes });
  for (const caller of callers) caller.link(span);
  return { span, ids: { traceId: span.traceId, traceIds: callers.map(({ traceId }) => traceId) } };
}
