import type { ErrorRequestHandler, Request, Response } from 'express';
import { codeOfStatus, Problem, type ProblemCode, reasonOf } from '../message/problem.ts';
import type { Log } from '../observing/log.ts';
import { traceOf } from './request-trace.ts';

/** Translates whatever was thrown in a handler; what is not the caller's doing becomes an internal problem. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  // Express and its body parser throw http-errors: a 4xx status, and a message meant for the caller.
  const { status, message } = (error ?? {}) as { status?: unknown; message?: unknown };
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new Problem(codeOfStatus(status) ?? 'malformed', String(message), { cause: error });
  }
  return new Problem('internal', 'The service has logged what happened under the request id.', { cause: error });
}

/** Logs what went wrong in a handler that answers in a way of its own, and gives the Problem that it is. */
export function toLoggedProblem(log: Log, error: unknown, response: Response): Problem {
  const problem = toProblem(error);
  if (problem.code === 'internal') logProblem(log, problem, response);
  return problem;
}

/** Logs a problem that is not the caller's doing; a 4xx is not worth a line. */
export function logProblem(log: Log, { code, status, message, cause }: Problem, response: Response): void {
  if (status < 500) return;
  const { traceId } = traceOf(response);
  const requestId = response.getHeader('X-Request-Id');
  if (code === 'internal') log.error({ traceId, err: cause }, `${message} request ${requestId}`);
  else log.warn({ traceId }, `${message} (${reasonOf(cause)}) request ${requestId}`);
}

/** Problems of a caller that may not know how the service is called. */
const SHOWN_HOW: readonly ProblemCode[] = ['malformed', 'not-found', 'method-not-allowed', 'unsupported-media-type'];

/**
 * The last handler of each app: answers with a problem document and logs what was the service's own fault, once.
 * `exampleFor` gives a line for a shell that does what the caller seems to want.
 */
export function answerProblems(log: Log, exampleFor: (request: Request) => string): ErrorRequestHandler {
  return (error: unknown, request: Request, response: Response, _next) => {
    const problem = toProblem(error);
    logProblem(log, problem, response);
    // An answer that has begun cannot turn into an error: cut it, so that the reader does not take it for whole.
    if (response.headersSent) return void response.destroy();
    const requestId = String(response.getHeader('X-Request-Id') ?? '');
    const example = SHOWN_HOW.includes(problem.code) ? exampleFor(request) : undefined;
    response
      .status(problem.status)
      .set(problem.headers)
      .type('application/problem+json')
      .send(problem.toDocument(requestId, example));
  };
}
