import { MIMEType, TextDecoder } from 'node:util';
import busboy from 'busboy';
import express, { type Request, type RequestHandler } from 'express';
import { parseMembers } from '../message/message.ts';
import { Problem } from '../message/problem.ts';

/** Room for a text of `maxTextBytes` bytes in its longest form: JSON's \u escapes take six bytes for one. */
export function bodyLimitBytes(maxTextBytes: number): number {
  return 6 * maxTextBytes + 1024;
}

/** Reads any body whole, inflated if need be, up to a limit in bytes; what it means is decided by `parseFields`. */
export function readBody(limitBytes: number): RequestHandler {
  return express.raw({ type: () => true, limit: limitBytes });
}

/** Decodes a request's JSON body. Throws a Problem for another type, for bad bytes, and for bad JSON. */
export function parseJsonBody(request: Request): unknown {
  const type = contentType(request);
  if (type?.essence !== 'application/json') throw unsupported('application/json');
  return parseJson(decode(bytesOf(request), charset(type)));
}

/**
 * Gives the fields of a JSON object, a form, a multipart form, or a plain text (as the field `msg`).
 * Throws a Problem that says what is wrong; no field but the `known` ones is taken, and none twice.
 */
export async function parseFields(
  request: Request,
  known: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const type = contentType(request);
  const bytes = bytesOf(request);
  switch (type?.essence) {
    case 'application/json':
      return parseJsonFields(bytes, known, charset(type));
    case 'application/x-www-form-urlencoded':
      return parseMembers(gather(parseForm(decode(bytes, charset(type)))), known);
    case 'multipart/form-data':
      return parseMembers(gather(await parseMultipart(type, bytes)), known);
    case 'text/plain':
      return { msg: decode(bytes, charset(type)) };
    default:
      throw unsupported('application/json, application/x-www-form-urlencoded, multipart/form-data or text/plain');
  }
}

/** Gives the members of a JSON object, as `parseFields` does. */
export function parseJsonFields(
  bytes: Buffer,
  known: readonly string[],
  label = 'utf-8',
): Readonly<Record<string, unknown>> {
  const text = decode(bytes, label);
  const fields = parseMembers(parseJson(text), known);
  refuseRepeatedMembers(text, fields);
  return fields;
}

function bytesOf(request: Request): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

function unsupported(taken: string): Problem {
  return new Problem('unsupported-media-type', `Send the body as ${taken}, and say so in Content-Type.`);
}

function contentType(request: Request): MIMEType | undefined {
  const field = request.headers['content-type'];
  if (field === undefined) return undefined;
  try {
    return new MIMEType(field);
  } catch (cause) {
    throw new Problem('malformed', 'The Content-Type cannot be read.', { cause });
  }
}

function charset(type: MIMEType): string {
  return type.params.get('charset') ?? 'utf-8';
}

function decode(bytes: Buffer, label: string): string {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(label, { fatal: true });
  } catch (cause) {
    throw new Problem('unsupported-media-type', 'That charset is not known here; use UTF-8.', { cause });
  }
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new Problem('malformed', `The body is not valid ${decoder.encoding}.`, { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Problem('malformed', 'The body is not valid JSON.', { cause });
  }
}

/**
 * JSON.parse quietly keeps the last of two members of one name; which one the sender meant, nobody knows.
 * In a flat object of strings every member has four quotation marks, so more of them tell of a repeat.
 */
function refuseRepeatedMembers(text: string, fields: Readonly<Record<string, unknown>>): void {
  if (!Object.values(fields).every((value) => typeof value === 'string')) return; // refused later, by name
  let marks = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) marks++;
  }
  if (marks !== 4 * Object.keys(fields).length) throw new Problem('malformed', 'A member stands twice in the body.');
}

type Field = readonly [name: string, value: string];

function parseForm(text: string): Field[] {
  try {
    // Strict, which URLSearchParams is not: it would store something else than was sent.
    decodeURIComponent(text);
  } catch (cause) {
    throw new Problem('malformed', 'The form is not valid UTF-8 in percent-encoding.', { cause });
  }
  return [...new URLSearchParams(text)];
}

/** In the head of a part: a charset that the part is said to be in. */
const OTHER_CHARSET = /^content-type:.*charset\s*=\s*"?(?!utf-?8\b)/im;

async function parseMultipart(type: MIMEType, bytes: Buffer): Promise<Field[]> {
  const text = decode(bytes, 'utf-8'); // strict, which busboy is not
  // busboy decodes a part by the charset that it names, without telling.
  const parts = text.split(`--${type.params.get('boundary')}`);
  if (parts.some((part) => OTHER_CHARSET.test(part.split('\r\n\r\n', 1)[0] ?? '')))
    throw new Problem(
      'unsupported-media-type',
      'A part of the form is in a charset that is not taken here; use UTF-8.',
    );
  return new Promise((resolve, reject) => {
    const refuse = (detail: string, cause?: unknown) => reject(new Problem('malformed', detail, { cause }));
    const fields: Field[] = [];
    const limits = { fields: 8, files: 0, fieldSize: bytes.length, fieldNameSize: 100 };
    try {
      const parser = busboy({ headers: { 'content-type': String(type) }, limits });
      parser.on('field', (name, value) => fields.push([name, value]));
      parser.on('filesLimit', () => refuse('A form with a file is not taken here.'));
      parser.on('fieldsLimit', () => refuse('The form has too many fields.'));
      parser.on('error', (cause) => refuse('The multipart form cannot be read.', cause));
      parser.on('close', () => resolve(fields));
      parser.end(bytes);
    } catch (cause) {
      refuse('The multipart form cannot be read.', cause);
    }
  });
}

function gather(pairs: readonly Field[]): Record<string, string> {
  const fields = new Map(pairs);
  if (fields.size < pairs.length) throw new Problem('malformed', 'A field stands twice in the form.');
  return Object.fromEntries(fields);
}
