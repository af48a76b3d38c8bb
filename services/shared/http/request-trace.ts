import type { Request, Response } from 'express';
import { asUuid, beginTrace, parseTraceparent, type TraceContext } from '../message/trace.ts';

/** Notes the trace of a request, its caller's if it sent one, with the response. */
export function beginRequestTrace({ headers }: Request, response: Response): TraceContext {
  const trace = parseTraceparent(headers.traceparent) ?? beginTrace();
  response.locals.trace = trace;
  return trace;
}

/** The trace of a request that is being answered. */
export function traceOf(response: Response): TraceContext {
  return response.locals.trace;
}

/** The id that a request goes by: its caller's, if it sent a good one; else that of its trace. */
export function requestIdOf({ headers }: Request, trace: TraceContext): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : asUuid(trace);
}
