import type { Express, Request, RequestHandler, Response } from 'express';
import { addRoute, createApp } from '../shared/http/express-app.ts';
import { bodyLimitBytes, readBody } from '../shared/http/request-body.ts';
import { type Handler, traced } from '../shared/http/request-trace.ts';
import type { Logger } from './events.ts';
import type { LoggerPool } from './logger-pool.ts';

interface Options extends Omit<Parameters<typeof createApp>[0], 'examples' | 'routes'> {
  readonly pool: LoggerPool<Logger>;
  readonly maxMessageBytes: number;
  readonly postMessage: Handler;
  readonly getMessages: Handler;
  /** What `GET /` and `POST /` do first, for browsers for example; each answers, or passes on. */
  readonly beforeGet: readonly RequestHandler[];
  readonly beforePost: readonly RequestHandler[];
  /** Each adds the routes of a room. */
  readonly moreRoutes: readonly ((app: Express) => void)[];
}

/** Creates the facade's app: takes messages, and gives all of them back. */
export function createFacadeApp(options: Options): Express {
  const { pool, maxMessageBytes, postMessage, getMessages, beforeGet, beforePost, moreRoutes } = options;
  const body = readBody(bodyLimitBytes(maxMessageBytes));

  function ready(_request: Request, response: Response): void {
    const isReady = pool.isUsable();
    const loggers = pool.loggers.map((logger) => ({
      name: logger.name,
      url: logger.url,
      ...pool.healthOf(logger),
    }));
    if (!isReady) response.set('Retry-After', '1');
    response.status(isReady ? 200 : 503).json({ name: 'facade', pid: process.pid, ready: isReady, loggers });
  }

  return createApp({
    ...options,
    examples: { read: 'curl URL/', send: 'curl -d msg=hello URL/' },
    routes(app) {
      addRoute(app, '/', {
        GET: [...beforeGet, traced(getMessages)],
        POST: [...beforePost, body, traced(postMessage)],
      });
      addRoute(app, '/health/ready', { GET: ready });
      for (const addRoutes of moreRoutes) addRoutes(app);
    },
  });
}
