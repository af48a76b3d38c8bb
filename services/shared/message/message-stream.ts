import { type Known, type Message, parseUuid, type ReadRange } from './message.ts';
import { Problem } from './problem.ts';

/**
 * Between store, logger and facade, messages travel as NDJSON in chunks of whole lines: `{"UUID":"…","msg":"…"}\n`.
 * The key stands at a fixed place, so that a reader can tell where it is without parsing anything.
 */
export type LineChunks = AsyncIterable<Buffer>;

export const NDJSON = 'application/x-ndjson';
/** The formats that all messages can be read in, the default first. */
export const READ_FORMATS = ['text/plain', 'application/json', NDJSON] as const;
export type ReadFormat = (typeof READ_FORMATS)[number];

/** Ends a line. */
export const LINE_FEED = 0x0a;
const KEY_START = '{"UUID":"'.length;
const KEY_END = KEY_START + 36;
const TEXT_START = KEY_END + '","msg":"'.length;
const TEXT_END = -'"}'.length;

/** Texts in which nothing is to be escaped; surrogates are left to JSON.stringify, which escapes those that stand alone. */
const NEEDS_NO_ESCAPE = /^[ !#-[\]-~\u00a0-\ud7ff\ue000-\uffff]*$/;
/** JSON leaves them as they are, and a terminal may obey them. */
const OTHER_CONTROLS = /[\u007f-\u009f]/g;

/**
 * Encodes messages as a chunk of lines. Texts in which nothing is to be escaped, which is most of them, are not given to
 * JSON.stringify: that took 1.0 to 1.5 µs a line of 100 characters, and this takes 0.4 to 0.8.
 */
export function encodeLines(messages: readonly Message[]): Buffer {
  let lines = '';
  // Member by member, so that their order is the one above whatever object comes.
  for (const { UUID, msg } of messages) {
    const text = NEEDS_NO_ESCAPE.test(msg) ? `"${msg}"` : escapeText(msg);
    lines += `{"UUID":"${UUID}","msg":${text}}\n`;
  }
  return Buffer.from(lines);
}

function escapeText(text: string): string {
  return JSON.stringify(text).replace(OTHER_CONTROLS, (control) => `\\u00${control.charCodeAt(0).toString(16)}`);
}

/** Joins the pieces of a byte stream into chunks of whole lines; throws if the stream ends within a line. */
export async function* wholeLines(pieces: AsyncIterable<Uint8Array>, maxLineBytes: number): AsyncGenerator<Buffer> {
  let rest: Uint8Array[] = [];
  let restBytes = 0;
  for await (const piece of pieces) {
    const end = piece.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) {
      yield Buffer.concat([...rest, piece.subarray(0, end)]);
      rest = [];
      restBytes = 0;
    }
    if (end < piece.length) {
      rest.push(piece.subarray(end));
      restBytes += piece.length - end;
    }
    if (restBytes > maxLineBytes) throw new Error('a line of the stream is longer than any message');
  }
  if (restBytes > 0) throw new Error('the stream ended within a line');
}

/** The key of the last message of a chunk; throws if there is none where it should be. */
export function lastKey(chunk: Buffer): string {
  const start = chunk.lastIndexOf(LINE_FEED, chunk.length - 2) + 1;
  const line = chunk.toString('latin1', start, start + TEXT_START);
  if (!/^\{"UUID":"[0-9a-f-]{36}","msg":"$/.test(line)) throw new Error('the stream is not one of messages');
  return line.slice(KEY_START, KEY_END);
}

/** The key of the line that begins there in a chunk. */
export function keyAt(chunk: Buffer, start: number): string {
  return chunk.toString('latin1', start + KEY_START, start + KEY_END);
}

/** The text in a line, as JSON has it between its quotes. */
export function textIn(line: string): string {
  return line.slice(TEXT_START, TEXT_END);
}

/** Counts the messages of a chunk. */
export function countLines(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}

/** The most messages that a caller can ask for at a time; a facade asks its loggers for one more than its caller did. */
export const MAX_LIMIT = 10_000;

/** The parameters of a range. */
export const RANGE_PARAMETERS = ['after', 'limit'] as const;

/** Reads `?after=` and `?limit=` of a query; throws a Problem if one is no UUID or no number from 1 to `maxLimit`. */
export function parseReadRange(query: Known<(typeof RANGE_PARAMETERS)[number]>, maxLimit = MAX_LIMIT): ReadRange {
  const { after, limit } = query;
  return {
    ...(after === undefined ? {} : { after: parseUuid(after, 'after') }),
    ...(limit === undefined ? {} : { limit: parseLimit(limit, maxLimit) }),
  };
}

/** Reads `?limit=`; throws a Problem if it is no number from 1 to `most`. */
export function parseLimit(value: unknown, most: number): number {
  if (typeof value === 'string' && /^[1-9]\d{0,4}$/.test(value) && Number(value) <= most) return Number(value);
  throw new Problem('malformed', `limit must be a whole number from 1 to ${most}.`);
}
