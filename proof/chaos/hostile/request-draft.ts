import type { Random } from '../../random.ts';
import type { Operation } from './described-operation.ts';

/**
 * Texts that could be stored begin with it, so that whoever checks other traffic can pass over them. They have no
 * spaces, which separate messages when they are read as text.
 */
export const BAD_INPUT_MARK = 'bad-input:';

/** A request before it is bytes, so that parts of it can be exchanged for bad ones. */
export interface Draft {
  method: string;
  target: string;
  version: string;
  headers: (readonly [name: string, value: string])[];
  body: Buffer | undefined;
}

/** A request as it goes over the wire. Made from a seed, it is the same each time. */
export interface BadRequest {
  /** What is bad about it. */
  readonly kind: string;
  readonly bytes: Buffer;
  /** What the sender does behind the last byte: waits, ends its half of the connection, or breaks it. */
  readonly ending: 'wait' | 'half-close' | 'reset';
  /** How many answers it must get, as so many requests in it are whole and valid HTTP; 0 if that is not sure. */
  readonly answers: number;
}

/** Random text without spaces; each character has the same chance to be ASCII or from the rest of Unicode. */
export function randomWord(random: Random, maxLength: number): string {
  return Array.from({ length: random.integer(0, maxLength) }, () => {
    if (random.next() < 0.5) return String.fromCharCode(random.integer(0x21, 0x7e));
    return String.fromCodePoint(random.pick([random.integer(0xa1, 0xd7ff), random.integer(0x10000, 0x10ffff)]));
  })
    .join('')
    .replaceAll(/\s/gu, '_');
}

export function randomBytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.integer(0, 255)));
}

export function randomUuid(random: Random): string {
  const hex = randomBytes(random, 16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${random.pick(['4', '7'])}${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

export function randomText(random: Random): string {
  return BAD_INPUT_MARK + randomWord(random, 60);
}

/** Encodes a text as a body of one of the described types. */
function encodeBody(type: string, msg: string): Buffer {
  switch (type) {
    case 'application/json':
      return Buffer.from(JSON.stringify({ msg }));
    case 'application/x-www-form-urlencoded':
      return Buffer.from(`msg=${encodeURIComponent(msg)}`);
    case 'multipart/form-data':
      return Buffer.from(`--b\r\nContent-Disposition: form-data; name="msg"\r\n\r\n${msg}\r\n--b--\r\n`);
    default:
      return Buffer.from(msg);
  }
}

/** The Content-Type of such a body. */
export function contentType(type: string): string {
  return type === 'multipart/form-data' ? `${type}; boundary=b` : type;
}

/** Drafts a request as the description has it: every part valid, what is optional in it or not. */
export function draftRequest(operation: Operation, authority: string, random: Random): Draft {
  const query: string[] = [];
  const headers: [string, string][] = [
    ['Host', authority],
    ['Connection', random.pick(['close', 'keep-alive'])],
  ];
  for (const { name, in: place, format } of operation.parameters) {
    if (random.next() < 0.3) continue;
    const value = format === 'uuid' ? randomUuid(random) : String(random.integer(1, 50));
    if (place === 'query') query.push(`${name}=${value}`);
    else headers.push([name, value]);
  }
  const type = operation.bodyTypes.length === 0 ? undefined : random.pick(operation.bodyTypes);
  if (type !== undefined) headers.push(['Content-Type', contentType(type)]);
  return {
    method: operation.method,
    target: operation.path + (query.length === 0 ? '' : `?${query.join('&')}`),
    version: 'HTTP/1.1',
    headers,
    body: type === undefined ? undefined : encodeBody(type, randomText(random)),
  };
}

/** The bytes before the body, with a Content-Length unless the draft has its own framing. */
export function encodeHead({ method, target, version, headers, body }: Draft): Buffer {
  const framed = headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name));
  const length: (readonly [string, string])[] =
    body === undefined || framed ? [] : [['Content-Length', String(body.length)]];
  const lines = [...headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${target} ${version}\r\n${lines.join('')}\r\n`, 'latin1');
}

/** The draft as bytes; whole and valid HTTP unless told otherwise. */
export function finish(draft: Draft, kind: string, how: Partial<BadRequest> = {}): BadRequest {
  const bytes = Buffer.concat([encodeHead(draft), draft.body ?? Buffer.alloc(0)]);
  return { kind, bytes, ending: 'wait', answers: 1, ...how };
}

/** Replaces a header field, or adds it. */
export function setHeader(draft: Draft, name: string, value: string): void {
  draft.headers = [...draft.headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase()), [name, value]];
}
