import type { Express, Request, Response } from 'express';
import { addRoute } from '../../../shared/http/express-app.ts';
import { parseQuery } from '../../../shared/http/form-fields.ts';
import { parseJsonBody, readBody } from '../../../shared/http/request-body.ts';
import { parseMembers, parseUuid } from '../../../shared/message/message.ts';
import { parseLimit } from '../../../shared/message/message-stream.ts';
import { Problem } from '../../../shared/message/problem.ts';
import type { MapInspector } from './map-inspector.ts';

const MAX_UUIDS = 5_000;
const MAX_OLDER = 200;
const MAX_SEARCHED_LENGTH = 200;

/** Adds the addresses that tell people how the map lies over the members. Nothing of it is done unasked. */
export function addMapRoutes(app: Express, inspector: MapInspector): void {
  async function layout(_request: Request, response: Response): Promise<void> {
    const answer = await inspector.layout();
    response.json(answer);
  }

  async function older(request: Request, response: Response): Promise<void> {
    const query = parseQuery(request, ['before', 'limit', 'text']);
    const before = query.before === undefined ? undefined : parseUuid(query.before, 'before');
    const text = query.text === undefined ? undefined : parseSearchedText(query.text);
    const limit = parseLimit(query.limit ?? '50', MAX_OLDER);
    const left = new AbortController();
    response.once('close', () => response.writableFinished || left.abort());
    const messages = await inspector.older({ before, text, limit }, left.signal).catch((error: unknown) => {
      if (error !== left.signal.reason) throw error;
    });
    if (messages === undefined) return; // nobody waits for them any more
    response.json({ messages });
  }

  async function find({ params }: Request, response: Response): Promise<void> {
    const UUID = parseUuid(params.UUID, 'The UUID in the address');
    const { msg, ...place } = await inspector.find(UUID);
    if (msg === undefined) throw new Problem('not-found', `There is no message with the UUID ${UUID}.`);
    response.json({ UUID, msg, ...place });
  }

  async function missing(request: Request, response: Response): Promise<void> {
    const { UUIDs } = parseMembers(parseJsonBody(request), ['UUIDs']);
    if (!Array.isArray(UUIDs) || UUIDs.length > MAX_UUIDS)
      throw new Problem('malformed', `UUIDs must be an array of at most ${MAX_UUIDS} UUIDs.`);
    const answer = await inspector.missing(UUIDs.map((UUID) => parseUuid(UUID, 'Each of UUIDs')));
    response.json({ missing: answer });
  }

  addRoute(app, '/map/layout', { GET: layout });
  addRoute(app, '/map/older', { GET: older });
  addRoute(app, '/map/messages/:UUID', { GET: find });
  addRoute(app, '/map/missing', { POST: [readBody(40 * MAX_UUIDS + 1_024), missing] });
}

/** Reads a text to look for. */
function parseSearchedText(value: unknown): string {
  if (typeof value === 'string' && value !== '' && value.length <= MAX_SEARCHED_LENGTH) return value;
  throw new Problem('malformed', `text must be a text of 1 to ${MAX_SEARCHED_LENGTH} characters.`);
}
