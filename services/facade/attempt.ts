import { beginTrace, type TraceContext } from '../shared/message/trace.ts';

/** What an attempt to do something through a logger is followed by. */
interface AttemptTrace {
  /** That of the request that it is made for; where it is made for several, one of its own. */
  readonly trace: TraceContext;
  /** What its log lines are marked with. */
  readonly ids: { readonly traceId: string; readonly traceIds?: readonly string[] };
}

/** Gives the trace of an attempt that is made for some requests. */
export function traceAttempt(callers: readonly TraceContext[]): AttemptTrace {
  const [first] = callers;
  if (first !== undefined && callers.length === 1) return { trace: first, ids: { traceId: first.traceId } };
  const trace = beginTrace();
  return { trace, ids: { traceId: trace.traceId, traceIds: callers.map(({ traceId }) => traceId) } };
}
