import type { Request, RequestHandler, Response } from 'express';
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

/** Answers a request; the trace is the request's. */
export type Handler = (request: Request, response: Response, trace: TraceContext) => Promise<void>;

/** Makes a handler for Express of one that takes the trace of its request. */
export function traced(handle: Handler): RequestHandler {
  return (request, response) => handle(request, response, traceOf(response));
}

/** The id that a request goes by: its caller's, if it sent a good one; else that of its trace. */
export function requestIdOf({ headers }: Request, trace: TraceContext): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : asUuid(trace);
}
