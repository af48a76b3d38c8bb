import type { Express, Request, Response } from 'express';
import { addRedirect, addRoute, createApp } from '../shared/http/express-app.ts';
import { chooseFormat, sendMessages } from '../shared/http/read-answer.ts';
import { bodyLimitBytes, parseFields, parseJsonBody, readBody } from '../shared/http/request-body.ts';
import { traceOf } from '../shared/http/request-trace.ts';
import { type Message, parseMembers, parseMessage } from '../shared/message/message.ts';
import { encodeLines, MAX_LIMIT, parseReadRange } from '../shared/message/message-stream.ts';
import { forLog } from '../shared/message/printable.ts';
import { Problem } from '../shared/message/problem.ts';
import type { TraceContext } from '../shared/message/trace.ts';
import type { Log } from '../shared/observing/log.ts';
import { createMetrics } from '../shared/observing/metrics.ts';
import type { LoggerStatus } from './logger-status.ts';
import type { LoggerParts } from './logger-store.ts';
import type { StoreOutcome } from './message-store.ts';
import { createStoreMetrics } from './metrics/store-metrics.ts';
import { addInspection } from './reading/inspect/inspection.ts';
import type { MapInspector } from './reading/inspect/map-inspector.ts';
import { oneAhead } from './reading/one-ahead.ts';
import { parseReceived, type ReceivedMessage } from './received-message.ts';

interface Options extends Omit<LoggerParts, 'inspector'> {
  readonly name: string;
  readonly host: string;
  readonly log: Log;
  readonly openApi: string;
  /** What there is to be seen of the map, for people; undefined: nothing. */
  readonly inspector?: MapInspector;
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
  const { name, log, store, status, inspector, maxMessageBytes, maxStoredBytes, isDraining } = options;
  const metrics = createMetrics(name);
  const timeStore = createStoreMetrics(metrics.registry, options);

  async function storeAll(received: readonly ReceivedMessage[]): Promise<StoreOutcome[]> {
    const messages = received.map(({ message }) => message);
    const end = timeStore();
    try {
      const outcomes = await store.store(messages);
      end({ result: 'ok' });
      for (const [index, { message, trace }] of received.entries()) logOutcome(message, trace, outcomes[index]);
      return outcomes;
    } catch (error) {
      end({ result: 'error' });
      throw error;
    }
  }

  function logOutcome({ UUID, msg }: Message, { traceId }: TraceContext, outcome: StoreOutcome | undefined): void {
    if (outcome === 'conflict') log.warn({ traceId }, `refused a message, its UUID ${UUID} has another text`);
    else if (outcome === 'full') log.warn({ traceId }, `refused a message, UUID ${UUID}: the members are full`);
    else log.info({ traceId }, `received a message ${forLog(msg)} UUID ${UUID}`);
  }

  async function storeOne(request: Request, response: Response): Promise<void> {
    requireJson(request);
    const message = parseMessage(await parseFields(request, ['UUID', 'msg']), maxMessageBytes);
    const [outcome] = await storeAll([{ message, trace: traceOf(response) }]);
    if (outcome === 'conflict')
      throw new Problem('conflict', `The UUID ${message.UUID} belongs to another text already.`);
    if (outcome === 'full') throw noRoom(maxStoredBytes);
    response.type('text/plain').send('OK');
  }

  async function storeBatch(request: Request, response: Response): Promise<void> {
    const { messages } = parseMembers(parseJsonBody(request), ['messages']);
    if (!Array.isArray(messages) || messages.length < 1 || messages.length > MAX_BATCH_MESSAGES) {
      throw new Problem('malformed', `messages must be an array of 1 to ${MAX_BATCH_MESSAGES} messages.`);
    }
    const received = messages.map((message) => parseReceived(message, maxMessageBytes, traceOf(response)));
    const outcomes = await storeAll(received);
    response.json(outcomes.includes('full') ? { outcomes, detail: noRoom(maxStoredBytes).message } : { outcomes });
  }

  async function read(request: Request, response: Response): Promise<void> {
    const range = parseReadRange(request.query, MAX_LIMIT + 1);
    const format = chooseFormat(request);
    await sendMessages({
      request,
      response,
      format,
      range,
      open: (wider, signal) => oneAhead(encodePages(store.read(wider, signal))),
      isReadable: async () => (await tell(false)).ready,
    });
  }

  /** A logger that is ending still answers, but is not to be asked any more. */
  async function tell(withSafety: boolean): Promise<LoggerStatus> {
    const told = await status({ withSafety });
    return isDraining() ? { ...told, ready: false, state: 'ending', reason: 'is ending' } : told;
  }

  async function ready(request: Request, response: Response): Promise<void> {
    const told = await tell(request.query.safe !== 'no');
    response.status(told.ready ? 200 : 503).json({ name, pid: process.pid, ...told });
  }

  return createApp({
    ...options,
    metrics,
    routes: (app) => {
      addRedirect(app, '/database', '/database/');
      addRoute(app, '/database/', { GET: read, POST: [readBody(bodyLimitBytes(maxMessageBytes)), storeOne] });
      addRoute(app, '/database/batch', { POST: [readBody(bodyLimitBytes(MAX_BATCH_TEXT_BYTES)), storeBatch] });
      addRoute(app, '/health/ready', { GET: ready });
      if (inspector !== undefined) addInspection(app, inspector);
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

/** Encodes each page as it comes: as one piece it takes less memory while it waits than its messages would. */
async function* encodePages(pages: AsyncIterable<readonly Message[]>): AsyncGenerator<Buffer> {
  for await (const page of pages) yield encodeLines(page);
}
