import type { Message } from '../shared/message.ts';
import type { ReadRange } from '../shared/message-stream.ts';

/** Keys above `after` and, if there is one, below `before`. */
export interface Bounds {
  readonly after: string;
  readonly before?: string;
}

/** Asks for entries with keys within bounds: the first `limit` of them, in the order of keys. */
export type RangeQuery = (range: Bounds & { readonly limit: number }) => Promise<readonly Message[]>;

/** Asks how long all texts with keys within bounds are together, as String.length counts. */
export type RangeLength = (range: Bounds) => Promise<number>;

/** The most texts that are asked for without knowing how long they are: of 64 KB each they are 1 MB. */
const BLIND_ROWS = 16;
const MAX_ROWS = 4_000;
/**
 * About what one query brings, as String.length counts. A member needs some six times of it for a moment: the rows of the
 * others as they come, as entries, and once more in its answer.
 */
const QUERY_LENGTH = 524_288;
/** A page is handed on when it has so many rows or characters; the first queries bring less. */
const PAGE_ROWS = 500;
/** Keys begin with 48 bits of time (UUID version 7, RFC 9562): where a key stands on a line from 0 to 2^48. */
const KEY_SPACE = 2 ** 48;
const KEY_LENGTH = 36;

/** What entries are read from. */
export interface Table {
  readonly query: RangeQuery;
  readonly lengthOf: RangeLength;
}

/** Reads entries in the order of their keys, page by page, however many there are and however long. */
export async function* readInKeyOrder(table: Table, range: ReadRange): AsyncGenerator<readonly Message[]> {
  let page: Message[] = [];
  for await (const messages of queriesInKeyOrder(table, range)) {
    page.push(...messages);
    if (page.length < PAGE_ROWS && lengthOf(page) < QUERY_LENGTH / 2) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/**
 * A query has to look at every entry between its bounds, so all but the first have an upper one, set so that about as much
 * as one query should bring lies below it: near enough to cost little, and moved out by leaps where there is little.
 * Whatever the guess, no entry is left out: a result that is not full proves that there is no more below its bound.
 *
 * How many rows to ask for follows from the texts before. Where much longer ones come after short ones, that many could
 * be more than the members have memory for, and all three would die of it: so how long they are is asked first.
 */
async function* queriesInKeyOrder(
  { query, lengthOf: askLength }: Table,
  { after = '', limit }: ReadRange,
): AsyncGenerator<readonly Message[]> {
  let from = after;
  let width = Number.POSITIVE_INFINITY;
  let rows = BLIND_ROWS;
  let left = limit ?? Number.POSITIVE_INFINITY;
  while (left > 0) {
    const start = placeOf(from);
    const end = start + width;
    const bounds = { after: from, ...(end < KEY_SPACE ? { before: keyAt(end) } : {}) };
    let asked = Math.min(rows, left);
    if (asked > BLIND_ROWS && (await askLength(bounds)) > 2 * QUERY_LENGTH) asked = BLIND_ROWS;
    const messages = await query({ ...bounds, limit: asked });
    if (messages.length > 0) yield messages;
    left -= messages.length;
    const last = messages.at(-1)?.UUID;
    const isFull = messages.length === asked && last !== undefined;
    if (!isFull && bounds.before === undefined) return;
    rows = nextRows(asked, messages);
    const covered = isFull ? placeOf(last) - placeOf(messages[0]?.UUID ?? from) : width;
    const fitting = (0.8 * rows * Math.max(covered, 1)) / Math.max(messages.length, 1);
    width = Math.max(1, Math.ceil(isFull ? fitting : Math.min(fitting, 8 * width)));
    from = isFull ? last : (bounds.before ?? from);
  }
}

function placeOf(key: string): number {
  return key === '' ? 0 : Number.parseInt(key.slice(0, 8) + key.slice(9, 13), 16);
}

/** The first 13 characters of the keys at a place; it is below all of them, and no key itself. */
function keyAt(place: number): string {
  const digits = place.toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}`;
}

function nextRows(asked: number, messages: readonly Message[]): number {
  if (messages.length === 0) return Math.max(asked, BLIND_ROWS);
  const fitting = Math.floor(QUERY_LENGTH / (lengthOf(messages) / messages.length));
  return Math.max(BLIND_ROWS, Math.min(4 * asked, MAX_ROWS, fitting));
}

function lengthOf(messages: readonly Message[]): number {
  return messages.reduce((sum, { msg }) => sum + KEY_LENGTH + msg.length, 0);
}
