import type { Express } from 'express';
import { addRedirect, addRoute, createApp } from '../shared/http/express-app.ts';
import { traceOf } from '../shared/http/request-trace.ts';
import type { Log } from '../shared/observing/log.ts';
import { createMetrics } from '../shared/observing/metrics.ts';

interface Options {
  readonly name: string;
  readonly host: string;
  readonly knownNamesOnly?: boolean;
  readonly log: Log;
  readonly openApi: string;
}

/** Creates the messages service: a text that does not do anything yet, as the original's. */
export function createMessagesApp(options: Options): Express {
  const { name, log } = options;
  return createApp({
    ...options,
    metrics: createMetrics(name),
    examples: { read: 'curl URL/messages/' },
    routes: (app) => {
      addRedirect(app, '/messages', '/messages/');
      addRoute(app, '/messages/', {
        GET: (_request, response) => {
          log.info({ traceId: traceOf(response).traceId }, 'asked for its text');
          response.type('text/plain').send('Hello from messages server! Not implemented.');
        },
      });
      addRoute(app, '/health/ready', {
        GET: (_request, response) => void response.json({ name, pid: process.pid, ready: true }),
      });
    },
  });
}
