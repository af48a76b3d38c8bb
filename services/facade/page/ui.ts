import { fileURLToPath } from 'node:url';
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import { addRoute } from '../../shared/http/express-app.ts';
import { parseQuery } from '../../shared/http/form-fields.ts';
import { type Message, parseUuid } from '../../shared/message/message.ts';
import { READ_FORMATS } from '../../shared/message/message-stream.ts';
import { escapeHtml } from '../../shared/message/printable.ts';
import { Problem } from '../../shared/message/problem.ts';
import type { Inspect } from './inspector.ts';
import { rowOf } from './latest-messages.ts';
import type { ShownLab } from './live-status.ts';
import type { LiveView } from './live-view.ts';
import type { Way } from './write-watch.ts';

/** What the page is made of. */
export interface Ui {
  readonly html: string;
  /** The folder of what it loads. */
  readonly files: URL;
  readonly view: LiveView;
  readonly inspect: Inspect;
  /** Undefined: nothing can be broken from the page. */
  readonly lab: ShownLab | undefined;
}

const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');
const OLDER_TIMEOUT_MS = 8_000;
const FIND_TIMEOUT_MS = 2_000;

/** Creates what `GET /` does first: browsers get the page, all others what comes next. */
export function createShowPage(ui: Ui): RequestHandler {
  return (request, response, next) => {
    response.vary('Accept');
    if (request.accepts([...READ_FORMATS, 'text/html']) === 'text/html') sendUi(request, response, ui);
    else next();
  };
}

function sendUi(request: Request, response: Response, { html, lab }: Ui): void {
  const token = lab !== undefined && isOwnVisit(request) ? lab.token : '';
  response
    .set({ 'Content-Security-Policy': CSP, 'Referrer-Policy': 'same-origin' })
    .vary('Sec-Fetch-Site')
    .type('html')
    .send(html.replace('{{lab-token}}', escapeHtml(token)));
}

/** Whether somebody came by an address, or from the page itself, and not by a link or a frame of another website. */
function isOwnVisit(request: Request): boolean {
  return ['none', 'same-origin', undefined].includes(request.get('Sec-Fetch-Site'));
}

/** Adds the addresses of the page, and of what it asks for. */
export function addUi(app: Express, ui: Ui): void {
  const { view, inspect } = ui;
  const root = fileURLToPath(ui.files);

  function file({ params }: Request, response: Response, next: NextFunction): void {
    response.sendFile(String(params.file), { root, acceptRanges: false }, (error) => {
      if (error && !response.headersSent) next(new Problem('not-found', 'The page has no such file.'));
    });
  }

  function events(request: Request, response: Response): void {
    if (request.method === 'HEAD') return void response.type('text/event-stream').end();
    view.show(response);
  }

  async function older(request: Request, response: Response): Promise<void> {
    const params = parseQuery(request, ['before', 'limit', 'text']);
    const { messages } = await inspect<{ messages: readonly Message[] }>('/map/older', OLDER_TIMEOUT_MS, {
      params,
      has: 'messages',
    });
    const ways = view.waysOf(messages.map(({ UUID }) => UUID));
    // The whole of a long text is asked for when it is opened.
    response.json({ messages: messages.map((message) => rowOf(message, ways.get(message.UUID))) });
  }

  async function message({ params }: Request, response: Response): Promise<void> {
    const UUID = parseUuid(params.UUID, 'The UUID in the address');
    const found = await inspect<object>(`/map/messages/${UUID}`, FIND_TIMEOUT_MS, { has: 'msg' });
    const way = view.waysOf([UUID]).get(UUID);
    response.json({ ...found, way: way === undefined ? null : shownWay(way) });
  }

  addRoute(app, '/ui', { GET: (request, response) => sendUi(request, response, ui) });
  addRoute(app, '/ui/events', { GET: events });
  addRoute(app, '/ui/older', { GET: older });
  addRoute(app, '/ui/messages/:UUID', { GET: message });
  addRoute(app, '/ui/:file', { GET: file });
}

function shownWay({ arrivedMs, at, tookMs, attempts }: Way): object {
  const shown = attempts.map(({ logger, beganMs, endedMs, error }) => ({
    logger,
    afterMs: beganMs - arrivedMs,
    ...(endedMs === undefined ? {} : { tookMs: endedMs - beganMs }),
    error,
  }));
  return { at, tookMs, attempts: shown };
}
