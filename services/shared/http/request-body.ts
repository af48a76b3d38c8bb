import type { IncomingHttpHeaders } from 'node:http';
import { MIMEType, TextDecoder } from 'node:util';
import busboy from 'busboy';
import express, { type Request, type RequestHandler } from 'express';
import { parseMembers } from '../message/message.ts';
import { Problem } from '../message/problem.ts';
import { type Field, gatherFields, parseForm, parseQuery } from './form-fields.ts';

/** Room for a text of `maxTextBytes` bytes in its longest form: JSON's \u escapes take six bytes for one. */
export function bodyLimitBytes(maxTextBytes: number): number {
  return 6 * maxTextBytes + 1024;
}

/** What bodies may take that are held at a time. Small ones are taken all the same: other limits bound their number. */
const [MAX_HELD_BYTES, SMALL_BYTES] = [64 * 1024 * 1024, 16 * 1024];

/**
 * Reads any body whole, inflated if need be, up to a limit in bytes; what it means is decided by `parseFields`. Throws a Problem
 * (unavailable) if too much is held already, of bodies that come and of requests that have no answer yet.
 */
export function readBody(limitBytes: number): RequestHandler {
  const read = express.raw({ type: () => true, limit: limitBytes });
  let heldBytes = 0;
  return (request, response, next) => {
    let ownBytes = 0;
    const hold = (bytes: number) => {
      heldBytes += bytes - ownBytes;
      ownBytes = bytes;
    };
    const bytes = Math.min(expectedBytes(request.headers), limitBytes);
    if (bytes > SMALL_BYTES && heldBytes + bytes > MAX_HELD_BYTES)
      throw new Problem('unavailable', 'Too many large bodies are on their way. Try again later.');
    hold(bytes);
    response.once('close', () => hold(0));
    read(request, response, (error) => {
      if (!response.destroyed) hold(bytesOf(request).length); // it may be less than could be expected
      next(error);
    });
  };
}

/** The bytes that a body may come to; without end if nothing tells. */
function expectedBytes(headers: IncomingHttpHeaders): number {
  const { 'content-encoding': encoding = 'identity', 'content-length': length, 'transfer-encoding': chunked } = headers;
  if (length === undefined && chunked === undefined) return 0;
  return length === undefined || encoding !== 'identity' ? Number.POSITIVE_INFINITY : Number(length);
}

/** Decodes a request's JSON body. Throws a Problem for another type, for bad bytes, and for bad JSON. */
export function parseJsonBody(request: Request): unknown {
  const type = contentType(request);
  if (type?.essence !== 'application/json') throw unsupported('application/json');
  return parseJson(decode(bytesOf(request), charset(type)));
}

/**
 * Gives the fields of a JSON object, a form, a multipart form, or a plain text (as the field `msg`), and those in the address.
 * Throws a Problem that says what is wrong; no field but the `known` ones is taken, and none twice.
 */
export async function parseFields(
  request: Request,
  known: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const inAddress = parseQuery(request, known);
  const inBody = inAddress.msg !== undefined && bytesOf(request).length === 0 ? {} : await parseBody(request, known);
  const twice = Object.keys(inAddress).find((name) => name in inBody);
  if (twice !== undefined) throw new Problem('malformed', `${twice} stands in the address and in the body.`);
  return { ...inAddress, ...inBody };
}

async function parseBody(request: Request, known: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const type = contentType(request);
  const bytes = bytesOf(request);
  switch (type?.essence) {
    case 'application/json':
      return parseJsonFields(decode(bytes, charset(type)), known);
    case 'application/x-www-form-urlencoded':
    case undefined:
      return parseUntyped(decode(bytes, charset(type)), known);
    case 'multipart/form-data':
      return parseMembers(gatherFields(await parseMultipart(type, bytes, decode(bytes, 'utf-8'))), known);
    case 'text/plain':
      return { msg: decode(bytes, charset(type)) };
    default:
      throw unsupported('application/json, application/x-www-form-urlencoded, multipart/form-data or text/plain');
  }
}

/** Gives the members of a JSON object, or a JSON string as `msg`. Throws a Problem (malformed) unless each is known, and there once. */
export function parseJsonFields(text: string, known: readonly string[]): Readonly<Record<string, unknown>> {
  const value = parseJson(text);
  if (typeof value === 'string') return { msg: value };
  const fields = parseMembers(value, known);
  refuseRepeatedMembers(text, fields);
  return fields;
}

/** What begins as JSON does, also as a shell of Windows leaves it; what stands in forms and bytes only. */
const BEGINS_AS_JSON = /^\s*('?\{|")/;
const NO_TEXT = /[=&%+]|[^\P{Cc}\s]/u;

/** Reads a body whose type says little, as that of `curl -d`: JSON and a text are taken as such if they could not be meant as a form. */
function parseUntyped(text: string, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (BEGINS_AS_JSON.test(text)) return parseJsonFields(text, known);
  const isText = text !== '' && !known.includes(text) && !NO_TEXT.test(text);
  return isText ? { msg: text } : parseMembers(gatherFields(parseForm(text)), known);
}

function bytesOf(request: Request): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

function unsupported(taken: string): Problem {
  return new Problem('unsupported-media-type', `Send the body as ${taken}, and say so in Content-Type.`);
}

function contentType(request: Request): MIMEType | undefined {
  const field = request.headers['content-type'];
  if (field === undefined || field === '') return undefined;
  try {
    return new MIMEType(field);
  } catch (cause) {
    throw new Problem('malformed', 'The Content-Type cannot be read.', { cause });
  }
}

function charset(type: MIMEType | undefined): string {
  return type?.params.get('charset') ?? 'utf-8';
}

/** Decodes bytes. Throws a Problem: unsupported-media-type if the charset is not known, malformed if they are not valid in it. */
export function decode(bytes: Buffer, label: string): string {
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

// JSON.parse quietly keeps the last of two members of one name; which one the sender meant, nobody knows.
// In a flat object every member has two quotation marks, and each that is a string two more: others tell of a repeat.
function refuseRepeatedMembers(text: string, fields: Readonly<Record<string, unknown>>): void {
  const values = Object.values(fields);
  if (values.some((value) => typeof value === 'object' && value !== null)) return; // refused later, by name
  let marks = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) marks++;
  }
  if (marks === 2 * values.length + 2 * values.filter((value) => typeof value === 'string').length) return;
  const strings = [...text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?/g)];
  const names = strings.flatMap(([, string = '', colon]) => (colon === undefined ? [] : [JSON.parse(string)]));
  const twice = names.find((name, index) => names.indexOf(name) < index);
  throw new Problem('malformed', `The member ${JSON.stringify(twice)} stands twice in the body.`);
}

/** In the head of a part: a charset that the part is said to be in. */
const OTHER_CHARSET = /^content-type:.*charset\s*=(?!\s*"?utf-?8\b)/im;

/**
 * Reads the fields of a multipart form; `text` is its bytes decoded strictly, which busboy does not. Throws a Problem for a form that
 * is broken or not UTF-8, and for files.
 */
async function parseMultipart(type: MIMEType, bytes: Buffer, text: string): Promise<Field[]> {
  // busboy decodes a part by the charset that it names, without telling.
  const parts = text.split(`--${type.params.get('boundary')}`);
  if (parts.some((part) => OTHER_CHARSET.test(part.split('\r\n\r\n', 1)[0] ?? '')))
    throw new Problem('unsupported-media-type', 'A part of the form has another charset; use UTF-8.');
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
