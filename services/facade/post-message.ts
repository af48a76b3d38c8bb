import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { stringify, validate } from 'uuid';
import { parseFields } from '../shared/http/request-body.ts';
import { type Message, parseText, parseUuid } from '../shared/message/message.ts';
import { Problem } from '../shared/message/problem.ts';
import type { TraceContext } from '../shared/message/trace.ts';
import type { Write } from './message-writer.ts';

/** The name of the field, and the one that it has with some providers. */
const NAMES = ['idempotency-key', 'x-idempotency-key'];
/** Printable ASCII that neither begins nor ends with a space. */
const KEY = /^[!-~](?:[ -~]{0,253}[!-~])?$/;
/** A key as the draft of the IETF has it: a string of RFC 8941, in quotation marks. */
const QUOTED = /^"((?:[^"\\]|\\["\\])+)"$/;

/** What a request that brings a message is checked by. */
export interface SubmissionRules {
  readonly maxMessageBytes: number;
  /** Makes a UUID for a message that came without one. */
  readonly createId: () => string;
}

interface Options extends SubmissionRules {
  readonly write: Write;
}

/** Creates the handler of `POST /`: takes a message, has it stored, and says where. */
export function createPostMessage({ write, ...rules }: Options) {
  return async (request: Request, response: Response, trace: TraceContext): Promise<void> => {
    const message = await parseSubmission(request, rules);
    const { outcome, logger } = await write(message, trace);
    if (outcome === 'conflict')
      throw new Problem('conflict', `The UUID ${message.UUID} belongs to another text already.`);
    response.status(outcome === 'stored' ? 201 : 200).json({ ...message, logger });
  };
}

/** Makes a message of a request: a UUID of its own, from `Idempotency-Key` or the field UUID, is kept. */
export async function parseSubmission(request: Request, rules: SubmissionRules): Promise<Message> {
  const { UUID, msg } = await parseFields(request, ['UUID', 'msg']);
  const key = parseIdempotencyKey(request);
  const own = UUID === undefined ? key : parseUuid(UUID, 'UUID');
  if (key !== undefined && key !== own)
    throw new Problem('malformed', 'UUID and Idempotency-Key name two different UUIDs.');
  return { UUID: own ?? rules.createId(), msg: parseText(msg, rules.maxMessageBytes) };
}

/**
 * Reads the key of a request that its caller may send again, and gives the UUID that it stands for: a key that is a UUID stands
 * for itself, any other for one made of its SHA-256. Undefined if there is none. Throws a Problem for a bad one, and for two.
 */
export function parseIdempotencyKey(request: Request): string | undefined {
  if (NAMES.every((name) => request.headers[name] === undefined)) return undefined;
  const [key = '', ...more] = NAMES.flatMap((name) => request.headersDistinct[name] ?? []);
  if (more.length > 0) throw new Problem('malformed', 'Idempotency-Key stands twice.');
  if (!KEY.test(key)) throw new Problem('malformed', 'Idempotency-Key must be 1 to 255 printable ASCII characters.');
  const name = QUOTED.exec(key)?.[1]?.replace(/\\(.)/g, '$1') ?? key;
  return validate(name) ? name.toLowerCase() : uuidOf(name);
}

/** Makes a UUID of version 8 (RFC 9562) of a name: always the same. */
function uuidOf(name: string): string {
  const bytes = createHash('sha256').update(`Idempotency-Key: ${name}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return stringify(bytes);
}
