import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { Problem } from '../message/problem.ts';
import type { Log } from '../observing/log.ts';
import type { Metrics } from '../observing/metrics.ts';
import { addDocsPage } from './docs-page.ts';
import { createExampleFor, type Examples } from './example.ts';
import { isLoopback, refuseForeignSites } from './local-only.ts';
import { answerProblems } from './problem-answer.ts';
import { beginRequestTrace, requestIdOf } from './request-trace.ts';

interface AppOptions {
  readonly host: string;
  readonly log: Log;
  readonly metrics: Metrics;
  /** The description of the service's calls, as JSON. */
  readonly openApi: string;
  /** Origins that a proxy in front serves the pages under; undefined: the service is for no proxy. */
  readonly publicOrigins?: readonly string[];
  /** True: only known names are taken for this host, as on loopback: a port is published there, for example. */
  readonly knownNamesOnly?: boolean;
  readonly examples: Examples;
  /** Adds the routes of the service. */
  readonly routes: (app: Express) => void;
}

/** Creates an Express app with what all services share: request ids, metrics, defence, and problem documents. */
export function createApp(options: AppOptions): Express {
  const { host, log, metrics, openApi, publicOrigins, knownNamesOnly = false, examples, routes } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag'); // would buffer and hash every answer
  app.enable('strict routing'); // /database and /database/ are two addresses
  app.enable('case sensitive routing');
  app.set('query parser', 'simple');
  endLines(app);
  app.use((request, response, next) => {
    const trace = beginRequestTrace(request, response);
    response.set({
      'X-Request-Id': requestIdOf(request, trace),
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
    });
    next();
  });
  app.use(metrics.observeRequests);
  app.use(refuseForeignSites({ loopbackOnly: knownNamesOnly || isLoopback(host), publicOrigins }));
  addRoute(app, '/health/live', {
    GET: (_request, response) => void response.json({ status: 'live', pid: process.pid }),
  });
  addRoute(app, '/metrics', { GET: metrics.answer });
  addRoute(app, '/openapi.json', { GET: (_request, response) => void response.type('json').send(openApi) });
  addDocsPage(app);
  routes(app);
  app.use((request, response) => {
    // Of the service as a whole, as old balancers ask.
    if (request.method === 'OPTIONS' && request.url === '*') return tellMethods(response, 'GET, HEAD, POST, OPTIONS');
    throw new Problem('not-found', `There is nothing at ${request.path.slice(0, 100)}.`);
  });
  app.use(answerProblems(log, createExampleFor(examples, publicOrigins)));
  return app;
}

type Handlers = RequestHandler | readonly RequestHandler[];

/** Adds a path with its methods. HEAD goes to GET's handler; any other method is told which there are (405, `Allow`). */
export function addRoute(
  app: Express,
  path: string,
  handlers: { readonly GET?: Handlers; readonly POST?: Handlers },
): void {
  const route = app.route(path);
  if (handlers.GET !== undefined) route.get(...[handlers.GET].flat());
  if (handlers.POST !== undefined) route.post(...[handlers.POST].flat());
  const allow = [
    ...(handlers.GET === undefined ? [] : ['GET', 'HEAD']),
    ...(handlers.POST === undefined ? [] : ['POST']),
    'OPTIONS',
  ].join(', ');
  route.all((request, response) => {
    if (request.method !== 'OPTIONS')
      throw new Problem('method-not-allowed', `Use one of: ${allow}.`, { headers: { Allow: allow } });
    tellMethods(response, allow);
  });
}

function tellMethods(response: Response, allow: string): void {
  response.status(204).set('Allow', allow).end();
}

/** Adds a path that sends its readers on, for good (301). With `keepsMethod`, who sends something sends it there again (308). */
export function addRedirect(app: Express, path: string, target: string, { keepsMethod = false } = {}): void {
  const to = (status: number) => (request: Request, response: Response) =>
    redirect(response, status, `${target}${/\?.*/.exec(request.url) ?? ''}`);
  addRoute(app, path, { GET: to(301), ...(keepsMethod && { POST: to(308) }) });
}

/** Sends a caller on to another path of this service. */
export function redirect(response: Response, status: number, target: string): void {
  response
    .status(status)
    .location(target)
    .type('text/plain')
    .send(`Go on at ${response.get('Location')}`);
}

/** Lets every answer of an app end its line, as a shell's next prompt would stand behind it otherwise. */
function endLines(app: Express): void {
  const { send } = app.response;
  app.response.send = function (this: Response, body?: unknown) {
    return send.call(this, typeof body === 'string' && !body.endsWith('\n') ? `${body}\n` : body);
  };
}
