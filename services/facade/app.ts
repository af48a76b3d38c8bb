import type { IncomingMessage } from 'node:http';
import type { Express, Request, Response } from 'express';
import { addRedirect, addRoute, createApp } from '../shared/http/express-app.ts';
import { logProblem, toProblem } from '../shared/http/problem-answer.ts';
import { chooseFormat, sendMessages } from '../shared/http/read-answer.ts';
import { bodyLimitBytes, parseFields, readBody } from '../shared/http/request-body.ts';
import { traceOf } from '../shared/http/request-trace.ts';
import { type Message, parseText, parseUuid } from '../shared/message/message.ts';
import { NDJSON, parseReadRange, READ_FORMATS, type ReadFormat } from '../shared/message/message-stream.ts';
import { onOneLine } from '../shared/message/printable.ts';
import { Problem } from '../shared/message/problem.ts';
import type { Log } from '../shared/observing/log.ts';
import type { Metrics } from '../shared/observing/metrics.ts';
import { formPage, HELP, NO_MESSAGES_SERVICE, NOT_LOGGED, sendPage, THANKS } from './classic/pages.ts';
import type { LoggerPool } from './logger-pool.ts';
import { createMessageIds } from './message-ids.ts';
import type { MessageWriter } from './message-writer.ts';
import type { AskMessagesService } from './messages-client.ts';
import { addUi, sendUi, type Ui } from './page/ui.ts';
import type { ReadMessages } from './sharing/shared-reads.ts';

interface Options {
  readonly host: string;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly pool: LoggerPool;
  readonly writer: MessageWriter;
  readonly readMessages: ReadMessages;
  readonly askMessagesService: AskMessagesService;
  readonly maxMessageBytes: number;
  readonly openApi: string;
  /** The page for people. */
  readonly ui: Ui;
}

/** Creates the facade: takes messages, gives each a UUID, has a logger store it, and reads all of them back. */
export function createFacadeApp(options: Options): Express {
  const { log, pool, writer, readMessages, askMessagesService, maxMessageBytes, ui } = options;
  const body = readBody(bodyLimitBytes(maxMessageBytes));
  const isReady = pool.isUsable;

  async function post(request: Request, response: Response): Promise<void> {
    const message = await parseSubmission(request, maxMessageBytes);
    const { outcome, logger } = await writer.write(message, traceOf(response));
    if (outcome === 'conflict')
      throw new Problem('conflict', `The UUID ${message.UUID} belongs to another text already.`);
    response.status(outcome === 'stored' ? 201 : 200).json({ ...message, logger });
  }

  async function get(request: Request, response: Response): Promise<void> {
    response.vary('Accept');
    if (prefersHtml(request)) return sendUi(request, response, ui);
    const format = chooseFormat(request);
    if (format === NDJSON) return send(request, response, format); // has no place for it
    const asked = askMessagesService(traceOf(response));
    const tail = async () => {
      const text = await asked;
      return { json: { messagesService: text }, text: `${onOneLine(text ?? NO_MESSAGES_SERVICE)}\n` };
    };
    await send(request, response, format, tail);
  }

  async function send(
    request: Request,
    response: Response,
    format: ReadFormat,
    tail?: Parameters<typeof sendMessages>[0]['tail'],
  ): Promise<void> {
    const range = parseReadRange(request.query);
    const origin = { callers: [traceOf(response)] };
    const open: typeof readMessages = (wider, signal) => readMessages(wider, signal, origin);
    // A page ends before what is still being stored: the next one, which goes on after it, would pass that over.
    const underWay = writer.underWay(range.after ?? '');
    const common = { request, response, format, range, open, isReadable: isReady, before: underWay.earliest };
    try {
      await sendMessages(tail === undefined ? common : { ...common, tail });
    } finally {
      underWay.end();
    }
  }

  /** The form's way to post: the answer is a page, whatever happens. */
  async function postForm(request: Request, response: Response): Promise<void> {
    try {
      const { outcome } = await writer.write(await parseSubmission(request, maxMessageBytes), traceOf(response));
      response.redirect(302, outcome === 'conflict' ? '/polls/error' : '/polls/thanks');
    } catch (error) {
      const problem = toProblem(error);
      if (problem.status >= 500) {
        logProblem(log, problem, response);
        return response.redirect(302, '/polls/error');
      }
      sendPage(response.status(problem.status), formPage({ problem: problem.message }));
    }
  }

  async function pollMessages(_request: Request, response: Response): Promise<void> {
    const text = await askMessagesService(traceOf(response));
    if (text === null) response.status(503).set('Retry-After', '1');
    response.type('text/plain').send(text ?? NO_MESSAGES_SERVICE);
  }

  function ready(_request: Request, response: Response): void {
    const loggers = pool.loggers.map(({ client: { name, url }, health }) => ({ name, url, ...health }));
    if (!isReady()) response.set('Retry-After', '1');
    response.status(isReady() ? 200 : 503).json({ name: 'facade', pid: process.pid, ready: isReady(), loggers });
  }

  const text = (content: string) => (_request: Request, response: Response) =>
    void response.type('text/plain').send(content);
  return createApp({
    ...options,
    routes: (app) => {
      addRoute(app, '/', { GET: get, POST: [body, post] });
      addRedirect(app, '/polls', '/polls/');
      addRoute(app, '/polls/', { GET: (_request, response) => sendPage(response, formPage()), POST: [body, postForm] });
      addRoute(app, '/polls/thanks', { GET: text(THANKS) });
      addRoute(app, '/polls/error', {
        GET: (request, response) => text(NOT_LOGGED)(request, response.status(503).set('Retry-After', '1')),
      });
      addRoute(app, '/polls/help', { GET: text(HELP) });
      addRoute(app, '/polls/database', { GET: (request, response) => send(request, response, 'text/plain') });
      addRoute(app, '/polls/messages', { GET: pollMessages });
      addRoute(app, '/health/ready', { GET: ready });
      addUi(app, ui);
    },
  });
}

const createId = createMessageIds();

/** Makes a message of a request: a UUID of its own, from `Idempotency-Key` or the field UUID, is kept. */
async function parseSubmission(request: Request, maxMessageBytes: number): Promise<Message> {
  const { UUID, msg } = await parseFields(request, ['UUID', 'msg']);
  const key = request.get('Idempotency-Key');
  const own = [
    ...(UUID === undefined ? [] : [parseUuid(UUID, 'UUID')]),
    ...(key === undefined ? [] : [parseUuid(key, 'Idempotency-Key')]),
  ];
  if (own.length === 2 && own[0] !== own[1])
    throw new Problem('malformed', 'UUID and Idempotency-Key name two different UUIDs.');
  return { UUID: own[0] ?? createId(), msg: parseText(msg, maxMessageBytes) };
}

/** Whether a request brings a message, as far as its first line tells. */
export function isSubmission({ method, url = '' }: Pick<IncomingMessage, 'method' | 'url'>): boolean {
  return method === 'POST' && /^\/(polls\/?)?(\?|$)/.test(url);
}

function prefersHtml(request: Request): boolean {
  return request.accepts([...READ_FORMATS, 'text/html']) === 'text/html';
}
