import type { Express, Request, RequestHandler, Response } from 'express';
import { addRoute } from '../../shared/http/express-app.ts';
import { parseQuery } from '../../shared/http/request-query.ts';
import { parseUuid } from '../../shared/message/message.ts';
import { READ_FORMATS } from '../../shared/message/message-stream.ts';
import { escapeHtml } from '../../shared/message/printable.ts';
import { Problem } from '../../shared/message/problem.ts';
import type { Inspect } from './inspector.ts';
import { shortened } from './latest-messages.ts';
import type { LiveView, ShownLab } from './live-view.ts';
import type { UiFile } from './ui-files.ts';

/** What the page is made of. */
export interface Ui {
  readonly files: ReadonlyMap<string, UiFile>;
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
const PAGE_FILE = 'page.html';
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

function sendUi(request: Request, response: Response, { files, lab }: Ui): void {
  const page = files.get(PAGE_FILE);
  if (page === undefined) throw new Error('the page is not there');
  const token = lab !== undefined && isOwnVisit(request) ? lab.token : '';
  response
    .set({ 'Content-Security-Policy': CSP, 'Referrer-Policy': 'no-referrer' })
    .vary('Sec-Fetch-Site')
    .type(page.type)
    .send(page.content.replace('{{lab-token}}', escapeHtml(token)));
}

/** Whether somebody came by an address, or from the page itself, and not by a link or a frame of another website. */
function isOwnVisit(request: Request): boolean {
  return ['none', 'same-origin', undefined].includes(request.get('Sec-Fetch-Site'));
}

/** Adds the addresses of the page, and of what it asks for. */
export function addUi(app: Express, ui: Ui): void {
  const { files, view, inspect } = ui;

  function file({ params }: Request, response: Response): void {
    const found = files.get(String(params.file));
    // The page itself is at /ui alone, with its policy.
    if (found === undefined || found === files.get(PAGE_FILE))
      throw new Problem('not-found', 'The page has no such file.');
    response.type(found.type).send(found.content);
  }

  function events(request: Request, response: Response): void {
    if (request.method === 'HEAD') return void response.type('text/event-stream').end();
    view.show(response);
  }

  async function older(request: Request, response: Response): Promise<void> {
    const query = parseQuery(request, ['before', 'limit', 'text']);
    const messages = await inspect((client, signal) => client.older(query, signal), OLDER_TIMEOUT_MS);
    // The whole of a long text is asked for when it is opened.
    const rows = messages.map(({ UUID, msg }) => ({ UUID, text: shortened(msg), length: msg.length }));
    response.json({ messages: rows });
  }

  async function message({ params }: Request, response: Response): Promise<void> {
    const UUID = parseUuid(params.UUID, 'The UUID in the address');
    const found = await inspect((client, signal) => client.find(UUID, signal), FIND_TIMEOUT_MS);
    response.json({ ...found, way: view.wayOf(UUID) ?? null });
  }

  addRoute(app, '/ui', { GET: (request, response) => sendUi(request, response, ui) });
  addRoute(app, '/ui/events', { GET: events });
  addRoute(app, '/ui/older', { GET: older });
  addRoute(app, '/ui/messages/:UUID', { GET: message });
  addRoute(app, '/ui/:file', { GET: file });
}
