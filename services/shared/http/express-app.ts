import express, { type Express, type RequestHandler } from 'express';
import { Problem } from '../message/problem.ts';
import type { Log } from '../observing/log.ts';
import type { Metrics } from '../observing/metrics.ts';
import { addDocsPage } from './docs-page.ts';
import { isLoopback, refuseForeignSites } from './local-only.ts';
import { answerProblems } from './problem-answer.ts';
import { beginRequestTrace, requestIdOf } from './request-trace.ts';

interface AppOptions {
  readonly host: string;
  readonly log: Log;
  readonly metrics: Metrics;
  /** The description of the service's calls, as JSON. */
  readonly openApi: string;
  /** Adds the routes of the service. */
  readonly routes: (app: Express) => void;
}

/** Creates an Express app with what all services share: request ids, metrics, defence, and problem documents. */
export function createApp({ host, log, metrics, openApi, routes }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag'); // would buffer and hash every answer
  app.enable('strict routing'); // /database and /database/ are two addresses
  app.enable('case sensitive routing');
  app.set('query parser', 'simple');
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
  app.use(refuseForeignSites({ loopbackOnly: isLoopback(host) }));
  addRoute(app, '/health/live', {
    GET: (_request, response) => void response.json({ status: 'live', pid: process.pid }),
  });
  addRoute(app, '/metrics', { GET: metrics.answer });
  addRoute(app, '/openapi.json', { GET: (_request, response) => void response.type('json').send(openApi) });
  addDocsPage(app);
  routes(app);
  app.use((request) => {
    throw new Problem('not-found', `There is nothing at ${request.path.slice(0, 100)}.`);
  });
  app.use(answerProblems(log));
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
    response.status(204).set('Allow', allow).end();
  });
}

/** Adds a path that sends its readers on, for good (301). */
export function addRedirect(app: Express, path: string, target: string): void {
  addRoute(app, path, { GET: (_request, response) => response.redirect(301, target) });
}
