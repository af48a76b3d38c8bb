import type { Express, Request, Response } from 'express';
import { addRedirect, addRoute, createApp } from '../shared/http/express-app.ts';
import { bodyLimitBytes, readBody } from '../shared/http/request-body.ts';
import { traced } from '../shared/http/request-trace.ts';
import type { Log } from '../shared/observing/log.ts';
import type { Metrics } from '../shared/observing/metrics.ts';
import type { TellStatus } from './logger-status.ts';
import type { StoreOptions } from './message-store.ts';
import { createReadMessages } from './read-messages.ts';
import { createStoreBatch, MAX_BATCH_TEXT_BYTES } from './store-batch.ts';
import { createStoreMessage } from './store-message.ts';

interface Options extends StoreOptions {
  readonly name: string;
  readonly host: string;
  readonly knownNamesOnly?: boolean;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly openApi: string;
  readonly status: TellStatus;
  /** Adds routes that are not needed to store and to read. */
  readonly addMore: (app: Express) => void;
}

const EXAMPLE_UUID = '0198c0de-0000-7000-8000-000000000001';

/** Creates the routes of a logger: it stores messages, reads them back, and tells how it is. */
export function createLoggerApp(options: Options): Express {
  const { name, status, maxMessageBytes, addMore } = options;

  async function tellReady(request: Request, response: Response): Promise<void> {
    const told = await status({ withSafety: request.query.safe !== 'no' });
    response.status(told.ready ? 200 : 503).json({ name, pid: process.pid, ...told });
  }

  const isReadable = async () => (await status({ withSafety: false })).ready;
  const readOne = readBody(bodyLimitBytes(maxMessageBytes));
  const readMany = readBody(bodyLimitBytes(MAX_BATCH_TEXT_BYTES));
  return createApp({
    ...options,
    examples: {
      read: 'curl URL/database/',
      send: `curl -H 'Content-Type: application/json' -d '{"UUID":"${EXAMPLE_UUID}","msg":"hello"}' URL/database/`,
    },
    routes: (app) => {
      addRedirect(app, '/database', '/database/', { keepsMethod: true });
      addRoute(app, '/database/', {
        GET: createReadMessages({ ...options, isReadable }),
        POST: [readOne, traced(createStoreMessage(options))],
      });
      addRoute(app, '/database/batch', { POST: [readMany, traced(createStoreBatch(options))] });
      addRoute(app, '/health/ready', { GET: tellReady });
      addMore(app);
    },
  });
}
