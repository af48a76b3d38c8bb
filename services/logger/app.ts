import type { Express, Request, Response } from 'express';
import { Gauge, Histogram } from 'prom-client';
import { CLUSTER_VIEW_HEADER, formatClusterView } from '../shared/cluster-view.ts';
import { addRedirect, addRoute, createApp } from '../shared/express-app.ts';
import type { Log } from '../shared/log.ts';
import { type Message, parseMembers, parseMessage } from '../shared/message.ts';
import { encodeLines, type LineChunks, MAX_LIMIT, parseReadRange } from '../shared/message-stream.ts';
import { createMetrics } from '../shared/metrics.ts';
import { forLog } from '../shared/printable.ts';
import { Problem } from '../shared/problem.ts';
import { chooseFormat, sendMessages } from '../shared/read-answer.ts';
import { bodyLimitBytes, parseFields, parseJsonBody, readBody } from '../shared/request-body.ts';
import { addInspection } from './inspection.ts';
import type { MessageStore, StoreOutcome } from './message-store.ts';

interface Options {
  readonly name: string;
  readonly host: string;
  readonly log: Log;
  readonly store: MessageStore;
  readonly maxMessageBytes: number;
  /** What the messages may take of each member's memory; 0: no limit. */
  readonly maxStoredBytes: number;
  /** True once the logger is ending: it is not ready any more, but still answers. */
  readonly isDraining: () => boolean;
}

/** Limits of one batch. The facade's are smaller; these are for everybody else. */
const MAX_BATCH_MESSAGES = 1_000;
const MAX_BATCH_TEXT_BYTES = 4 * 1_048_576;

/** Creates a logger: it stores messages in its store, reads them back, and says of each that it received it. */
export function createLoggerApp(options: Options): Express {
  const { name, host, log, store, maxMessageBytes, maxStoredBytes, isDraining } = options;
  const metrics = createMetrics(name);
  const storeSeconds = new Histogram({
    name: 'store_duration_seconds',
    help: 'Time to store a batch in the distributed map, all copies made',
    labelNames: ['result'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 2.5, 5, 10],
    registers: [metrics.registry],
  });
  new Gauge({
    name: 'cluster_members',
    help: 'Members of the cluster as this logger’s member sees it; 0 without a connection to it',
    registers: [metrics.registry],
    collect() {
      this.set(store.view()?.size ?? 0);
    },
  });

  new Gauge({
    name: 'stored_bytes',
    help: 'What the messages take of each member’s memory, at most (texts as UTF-8 and 512 bytes each)',
    registers: [metrics.registry],
    async collect() {
      this.set(await store.storedBytes().catch(() => Number.NaN));
    },
  });
  new Gauge({
    name: 'stored_bytes_limit',
    help: 'What they may take (MAX_STORED_BYTES); 0: no limit',
    registers: [metrics.registry],
  }).set(maxStoredBytes);

  /** Tells the caller in which cluster it was done: taken after the store, so that it is not from before a split. */
  function clusterHeader(): Record<string, string> {
    const view = store.view();
    return view === undefined ? {} : { [CLUSTER_VIEW_HEADER]: formatClusterView(view) };
  }

  async function storeAll(messages: readonly Message[]): Promise<StoreOutcome[]> {
    const end = storeSeconds.startTimer();
    try {
      const outcomes = await store.store(messages);
      end({ result: 'ok' });
      messages.forEach(({ UUID, msg }, index) => {
        if (outcomes[index] === 'conflict') log.warn(`refused a message, its UUID ${UUID} has another text`);
        else if (outcomes[index] === 'full') log.warn(`refused a message, UUID ${UUID}: the members are full`);
        else log.info(`received a message ${forLog(msg)} UUID ${UUID}`);
      });
      return outcomes;
    } catch (error) {
      end({ result: 'error' });
      throw error;
    }
  }

  async function storeOne(request: Request, response: Response): Promise<void> {
    requireJson(request);
    const message = parseMessage(await parseFields(request, ['UUID', 'msg']), maxMessageBytes);
    const [outcome] = await storeAll([message]);
    if (outcome === 'conflict')
      throw new Problem('conflict', `The UUID ${message.UUID} belongs to another text already.`);
    if (outcome === 'full') throw noRoom(maxStoredBytes);
    response.set(clusterHeader());
    response.type('text/plain').send('OK');
  }

  async function storeBatch(request: Request, response: Response): Promise<void> {
    const { messages } = parseMembers(parseJsonBody(request), ['messages']);
    if (!Array.isArray(messages) || messages.length < 1 || messages.length > MAX_BATCH_MESSAGES) {
      throw new Problem('malformed', `messages must be an array of 1 to ${MAX_BATCH_MESSAGES} messages.`);
    }
    const outcomes = await storeAll(messages.map((message) => parseMessage(message, maxMessageBytes)));
    response.set(clusterHeader());
    response.json(outcomes.includes('full') ? { outcomes, detail: noRoom(maxStoredBytes).message } : { outcomes });
  }

  async function read(request: Request, response: Response): Promise<void> {
    const range = parseReadRange(request.query, MAX_LIMIT + 1);
    const format = chooseFormat(request);
    response.set(clusterHeader());
    await sendMessages({
      request,
      response,
      format,
      range,
      open: (wider, signal) => encodePages(store.read(wider, signal)),
      trailers: clusterHeader,
      isReadable: () => store.view() !== undefined,
    });
  }

  async function ready(request: Request, response: Response): Promise<void> {
    const status = isDraining()
      ? { ready: false, reason: 'is ending', member: '' }
      : await store.status({ withSafety: request.query.safe !== 'no' });
    response.status(status.ready ? 200 : 503).json({ name, pid: process.pid, ...status });
  }

  return createApp({
    host,
    log,
    metrics,
    routes: (app) => {
      addRedirect(app, '/database', '/database/');
      addRoute(app, '/database/', { GET: read, POST: [readBody(bodyLimitBytes(maxMessageBytes)), storeOne] });
      addRoute(app, '/database/batch', { POST: [readBody(bodyLimitBytes(MAX_BATCH_TEXT_BYTES)), storeBatch] });
      addRoute(app, '/health/ready', { GET: ready });
      if (store.inspector !== undefined) addInspection(app, { inspector: store.inspector, clusterHeader });
    },
  });
}

/** The original's contract is JSON alone, which no form of another website can send. */
function requireJson(request: Request): void {
  if (!request.is('application/json'))
    throw new Problem('unsupported-media-type', 'Send the message as application/json.');
}

/** Says what to do: the limit follows from the members' memory. */
function noRoom(maxStoredBytes: number): Problem {
  const megabytes = (maxStoredBytes / 1_048_576).toFixed(1);
  return new Problem(
    'insufficient-storage',
    `The messages take all of the ${megabytes} MB that they may take of each member's memory (MAX_STORED_BYTES). This one is not stored; those that are can be read. For more, start the members with more memory (MEMBER_HEAP).`,
  );
}

async function* encodePages(pages: AsyncIterable<readonly Message[]>): LineChunks {
  for await (const page of pages) yield encodeLines(page);
}
