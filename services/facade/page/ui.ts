import type { Express, Request, Response } from 'express';
import { addRoute } from '../../shared/http/express-app.ts';
import { parseJsonBody, readBody } from '../../shared/http/request-body.ts';
import { parseMembers, parseUuid } from '../../shared/message/message.ts';
import { escapeHtml } from '../../shared/message/printable.ts';
import { Problem } from '../../shared/message/problem.ts';
import { type Lab, parseOrder } from '../lab/lab.ts';
import type { Inspect } from './inspector.ts';
import type { LiveView } from './live-view.ts';
import { shortened } from './tail.ts';
import type { UiFile } from './ui-files.ts';

/** What the page is made of. */
export interface Ui {
  readonly files: ReadonlyMap<string, UiFile>;
  readonly view: LiveView;
  readonly inspect: Inspect;
  /** Undefined: nothing can be broken from the page. */
  readonly lab: Lab | undefined;
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
const MAX_ORDER_BYTES = 1_024;

/** Sends the page itself. */
export function sendUi(request: Request, response: Response, { files, lab }: Ui): void {
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
  const { files, view, inspect, lab } = ui;

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

  async function older({ query }: Request, response: Response): Promise<void> {
    const asked = Object.entries(query).filter(([name]) => ['before', 'limit', 'text'].includes(name));
    for (const [name, value] of asked)
      if (typeof value !== 'string') throw new Problem('malformed', `${name} stands twice in the address.`);
    const messages = await inspect(
      (client, signal) => client.older(Object.fromEntries(asked) as Record<string, string>, signal),
      OLDER_TIMEOUT_MS,
    );
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
  addLab(app, lab);
  addRoute(app, '/ui/:file', { GET: file });
}

function addLab(app: Express, lab: Lab | undefined): void {
  async function act(request: Request, response: Response): Promise<void> {
    if (lab === undefined)
      throw new Problem('foreign-origin', 'The lab is off: nothing is killed from here unless launched with LAB=1.');
    if (request.get('Lab-Token') !== lab.token)
      throw new Problem('foreign-origin', 'Orders are taken from this page only. Load it anew.');
    const { part, action } = parseOrder(parseMembers(parseJsonBody(request), ['part', 'action']));
    const command = await lab.act(part, action);
    response.status(202).json({ command });
  }
  addRoute(app, '/ui/lab', { POST: [readBody(MAX_ORDER_BYTES), act] });
}
