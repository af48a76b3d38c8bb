import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Express } from 'express';
import { bodyLimitBytes } from '../shared/http/request-body.ts';
import { MOST_MESSAGE_BYTES } from '../shared/message/message.ts';
import type { Problem } from '../shared/message/problem.ts';
import type { Log } from '../shared/observing/log.ts';
import { createMetrics } from '../shared/observing/metrics.ts';
import { readDescription } from '../shared/process/service.ts';
import { createFacadeApp } from './app.ts';
import { createBulk } from './bulk/bulk.ts';
import { addClassicPages } from './classic/classic-pages.ts';
import type { FacadeConfig } from './config.ts';
import { createEvents } from './events.ts';
import { createFeed } from './follow/feed.ts';
import { createFollow, FOLLOW } from './follow/follow.ts';
import { createGetMessages, createSendMessages } from './get-messages.ts';
import { createLab } from './lab/lab.ts';
import { addLab } from './lab/lab-route.ts';
import { logEvents } from './log/event-log.ts';
import { createLoggerClient } from './logger-client.ts';
import { openHealthChecks } from './logger-health.ts';
import { createLoggerPool } from './logger-pool.ts';
import { createMessageIds } from './message-ids.ts';
import { createMessageReader } from './message-reader.ts';
import { createMessageWriter } from './message-writer.ts';
import { createMessagesClient } from './messages-client.ts';
import { trackWrites } from './messages-under-way.ts';
import { addPoolMetrics } from './metrics/pool-metrics.ts';
import { addStreamMetrics } from './metrics/stream-metrics.ts';
import { addWriteMetrics } from './metrics/write-metrics.ts';
import { openPage } from './page/page.ts';
import { createPostMessage } from './post-message.ts';
import { openRetries } from './retry-budget.ts';
import { coalesceReads } from './sharing/coalesced-reads.ts';

/** The tree of sources, from where this runs: dist/services/facade. */
const ROOT = new URL('../../../', import.meta.url);

/** A facade that has begun to ask its loggers how they are. */
export interface Facade {
  readonly app: Express;
  /** The refusal of a request that brings a message while too many wait already. */
  refuse(request: IncomingMessage): Problem | undefined;
  /** Ends the streams that would keep the server from closing. */
  drain(): void;
  close(): Promise<void>;
}

/** Opens a facade: makes its parts, and puts them together. */
export function openFacade(config: FacadeConfig, log: Log): Facade {
  const { maxMessageBytes } = config;
  const events = createEvents();
  const metrics = createMetrics('facade');

  // Of any message that may have been stored, also when the limit was another one.
  const maxLineBytes = bodyLimitBytes(MOST_MESSAGE_BYTES);
  const loggers = config.loggerUrls.map((url, index) => createLoggerClient(`logger-${index + 1}`, url, maxLineBytes));
  const pool = createLoggerPool(loggers, Math.random);
  const routing = { ...config, pool, events, mayRetry: openRetries(events) };
  const writer = createMessageWriter(routing);
  const { write, underWay, isUnderWay } = trackWrites(writer.write);
  const read = createMessageReader(routing);
  const readMessages = coalesceReads(read);
  const askMessagesService = createMessagesClient(config.messagesUrl);

  logEvents(events, log);
  addPoolMetrics(metrics.registry, events, pool);
  addWriteMetrics(metrics.registry, events, writer.load);
  addStreamMetrics(metrics.registry, events);
  const token = randomBytes(24).toString('base64url');
  const members = [...config.memberAddresses.keys()];
  const lab = config.hasLab ? createLab({ token, root: fileURLToPath(ROOT), loggers, members, log }) : undefined;
  const folder = new URL('services/facade/page/', ROOT);
  const page = openPage({ ...config, folder, events, pool, lab });

  const submissions = { write, maxMessageBytes, createId: createMessageIds() };
  const feed = createFeed({ events, read, isUnderWay });
  const follow = createFollow({ ...config, feed, events, readMessages, log });
  const bulk = createBulk({ ...submissions, ...config, events, load: writer.load, log });
  const sendMessages = createSendMessages({ readMessages, underWay, isReadable: pool.isUsable });
  const app = createFacadeApp({
    ...config,
    log,
    metrics,
    openApi: readDescription('facade'),
    pool,
    postMessage: createPostMessage(submissions),
    getMessages: createGetMessages(sendMessages, askMessagesService, [FOLLOW]),
    beforeGet: [follow.show, page.show],
    beforePost: [bulk.take],
    moreRoutes: [
      (app) => addClassicPages(app, { ...submissions, sendMessages, askMessagesService, log }),
      (app) => addLab(app, lab),
      page.addRoutes,
    ],
  });
  const checks = openHealthChecks(pool, events);
  return {
    app,
    refuse: (request) => (isSubmission(request) ? writer.refusal() : undefined),
    drain() {
      bulk.close();
      follow.close();
      page.close();
    },
    async close() {
      await lab?.close();
      await checks.close();
    },
  };
}

/** Whether a request brings a message, as far as its first line tells. */
export function isSubmission({ method, url = '' }: Pick<IncomingMessage, 'method' | 'url'>): boolean {
  return method === 'POST' && /^\/(polls\/?)?(\?|$)/.test(url);
}
