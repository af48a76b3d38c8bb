import type { Request, Response } from 'express';
import { routeOf } from './metrics.ts';
import { asUuid, parseTraceparent } from './trace.ts';
import { type Span, startSilentSpan, type Tracer } from './tracer.ts';

/** Asked again and again by machines: their spans would hide the others. */
const UNSEEN = /^\/(metrics|health\/.*)$/;

const MAX_PATH_LENGTH = 200;

/** Starts the span of a request, within that of its caller if it sent one. It ends with the answer. */
export function startRequestSpan(tracer: Tracer, request: Request, response: Response): Span {
  const { method, headers, path } = request;
  const options = { kind: 'server', parent: parseTraceparent(headers.traceparent) } as const;
  const span = UNSEEN.test(path) ? startSilentSpan(method, options) : tracer.startSpan(method, options);
  if (span.isRecorded) response.once('close', () => endWith(span, request, response));
  response.locals.span = span;
  return span;
}

/** The span of a request that is being answered. */
export function spanOf(response: Response): Span {
  return response.locals.span;
}

/** The id that a request goes by: its caller's, if it sent a good one; else that of its trace. */
export function requestIdOf(request: Request, span: Span): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : asUuid(span);
}

function endWith(span: Span, request: Request, { statusCode: status }: Response): void {
  const route = routeOf(request);
  span.rename(`${request.method} ${route}`);
  const attributes = {
    'http.request.method': request.method,
    'http.route': route,
    'http.response.status_code': status,
    'url.path': request.path.slice(0, MAX_PATH_LENGTH),
  };
  span.end(attributes, status >= 500 ? new Error(`answered ${status}`) : undefined);
}
