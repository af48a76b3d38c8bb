import type { Message } from '../shared/message.ts';
import type { ReadRange } from '../shared/message-stream.ts';

/** Keys above `after` and, if there is one, below `before`. */
export interface Bounds {
  readonly after: string;
  readonly before?: string;
}

/** Asks for entries with keys within bounds: the first `limit` of them, in the order of keys. */
export type RangeQuery = (range: Bounds & { readonly limit: number }) => Promise<readonly Message[]>;

/** Asks how many texts with keys within bounds are longer than `length`, as String.length counts. */
export type LongerCount = (range: Bounds, length: number) => Promise<number>;

/**
 * About what one query brings, as String.length counts. A member needs some six times of it for a moment: the rows of the
 * others as they come, as entries, and once more in its answer.
 */
const QUERY_LENGTH = 524_288;
/** The most that one query may bring, but for a few texts that may be of any length. */
const MAX_QUERY_LENGTH = 4 * QUERY_LENGTH;
const FEW = 16;
const FIRST_ROWS = 2_000;
const MAX_ROWS = 4_000;
/** As many rows of this length as a query may have are as long as a query may be. */
export const LONG_LENGTH = Math.floor(MAX_QUERY_LENGTH / MAX_ROWS);
/** A page is handed on when it has so many rows or characters; some queries bring less. */
const PAGE_ROWS = 500;
/** Long texts are counted in so many ranges at a time. */
const COUNTED_AHEAD = 8;
/** For so long it is taken for granted that there are no more of them than when they were counted. */
const COUNT_HOLDS_MS = 10_000;
/** From so many rows or characters on a map is large: to look at all of it takes longer than a few queries. */
const LARGE_ROWS = 20_000;
const LARGE_LENGTH = 2 * MAX_QUERY_LENGTH;
/** How much wider a range is when the one before it was nearly empty; wider still after each that has nothing. */
const LEAP = 8;
/** Keys begin with 48 bits of time in ms (UUID version 7, RFC 9562): where a key stands on a line from 0 to 2^48. */
export const KEY_SPACE = 2 ** 48;
const KEY_LENGTH = 36;

/** What entries are read from. */
export interface Table {
  readonly query: RangeQuery;
  readonly countLonger: LongerCount;
}

/** What reads of a large map have found, so that the next one need not look at all of it first. */
export interface Findings {
  /** Where its first key stands. */
  firstPlace?: number | undefined;
  /** How dense it is, and how many rows fit a query. */
  density?: { readonly placesPerRow: number; readonly rows: number } | undefined;
}

/** Reads entries in the order of their keys, page by page, however many there are and however long; notes what it finds. */
export function readInKeyOrder(
  table: Table,
  range: ReadRange,
  findings: Findings = {},
): AsyncGenerator<readonly Message[]> {
  return oneAhead(pagesInKeyOrder(queriesInKeyOrder(table, range, findings)));
}

/** Begins with the next item while the one before is used, and no further ahead. */
async function* oneAhead<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
  let coming = items.next();
  try {
    for (let item = await coming; !item.done; item = await coming) {
      coming = items.next();
      coming.catch(() => {}); // thrown when it is waited for
      yield item.value;
    }
  } finally {
    items.return(undefined).catch(() => {}); // not waited for: its query may hang
  }
}

async function* pagesInKeyOrder(queries: AsyncIterable<readonly Message[]>): AsyncGenerator<readonly Message[]> {
  let page: Message[] = [];
  for await (const messages of queries) {
    page.push(...messages);
    if (page.length < PAGE_ROWS && lengthOf(page) < QUERY_LENGTH / 2) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/**
 * A query has to look at every entry between its bounds, so most have an upper one, set so that about as much as one query
 * should bring lies below it: near enough to cost little, and moved out by leaps where there is little. The first has none
 * as long as the map is not known to be large, nor has the one whose bound would pass the present: few keys, if any, have a
 * later time. Whatever the guess, no entry is left out: a result that is not full proves that there is no more below its bound.
 *
 * How many rows to ask for follows from the texts before. Where much longer ones come after short ones, that many could
 * be more than the members have memory for, and all three would die of it: so long ones are counted first, for several
 * ranges together, and for each only if there are some.
 */
async function* queriesInKeyOrder(
  { query, countLonger }: Table,
  { after = '', limit }: ReadRange,
  findings: Findings,
): AsyncGenerator<readonly Message[]> {
  let from = after;
  const startPlace = after === '' ? findings.firstPlace : placeOf(after);
  const density = startPlace === undefined ? undefined : findings.density;
  let rows = density?.rows ?? FIRST_ROWS;
  const wanted = Math.min(0.8 * rows, 1.5 * (limit ?? rows));
  let width = density === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil(wanted * density.placesPerRow));
  let leap = LEAP;
  let left = limit ?? Number.POSITIVE_INFINITY;

  const counted = { end: 0, ms: Number.NEGATIVE_INFINITY, hasLong: false };
  let count = 0;
  let length = 0;
  const isLarge = () => count >= LARGE_ROWS || length >= LARGE_LENGTH;
  let firstPlace: number | undefined;

  async function bearableRows(most: number, bounds: Bounds, start: number): Promise<number> {
    const time = performance.now();
    if (start + width > counted.end || time > counted.ms + COUNT_HOLDS_MS) {
      const isLast = bounds.before === undefined;
      counted.end = isLast ? Number.POSITIVE_INFINITY : start + COUNTED_AHEAD * width;
      counted.ms = time;
      const length = Math.floor(MAX_QUERY_LENGTH / Math.min(MAX_ROWS, left));
      const ahead = isLast || counted.end >= KEY_SPACE ? {} : { before: keyAt(counted.end) };
      counted.hasLong = (await countLonger({ after: bounds.after, ...ahead }, length)) > FEW;
    }
    if (!counted.hasLong) return most;
    for (let asked = most; asked > FEW; asked = Math.ceil(asked / 4)) {
      if ((await countLonger(bounds, Math.floor(MAX_QUERY_LENGTH / asked))) <= FEW) return asked;
    }
    return Math.min(most, FEW);
  }

  while (left > 0) {
    const start = from === '' ? (startPlace ?? 0) : placeOf(from);
    const end = start + width;
    const now = Date.now();
    const isLast = end >= KEY_SPACE || (start <= now && now < end);
    const bounds = { after: from, ...(isLast ? {} : { before: keyAt(end) }) };
    const asked = await bearableRows(Math.min(rows, left), bounds, start);
    const messages = await query({ ...bounds, limit: asked });
    if (messages.length > 0) yield messages;
    left -= messages.length;
    count += messages.length;
    const broughtLength = lengthOf(messages);
    length += broughtLength;
    const last = messages.at(-1)?.UUID;
    const isFull = messages.length === asked && last !== undefined;
    firstPlace ??= messages[0] && placeOf(messages[0].UUID);
    if (!isFull && bounds.before === undefined) {
      if (after === '' && !isLarge()) findings.density = undefined;
      return;
    }
    rows = nextRows(asked, messages.length, broughtLength);
    const covered = isFull ? placeOf(last) - placeOf(messages[0]?.UUID ?? from) : width;
    const fitting = (0.8 * rows * Math.max(covered, 1)) / Math.max(messages.length, 1);
    if (isLarge() && messages.length >= asked / 2) {
      if (after === '') findings.firstPlace = firstPlace;
      findings.density = { placesPerRow: Math.max(covered, 1) / messages.length, rows };
    }
    leap = messages.length === 0 ? leap * LEAP : LEAP;
    width = Math.max(1, Math.ceil(isFull ? fitting : Math.min(fitting, leap * width)));
    from = isFull ? last : (bounds.before ?? from);
  }
}

/** Where a key stands: its time, if it is of version 7. */
export function placeOf(key: string): number {
  return key === '' ? 0 : Number.parseInt(key.slice(0, 8) + key.slice(9, 13), 16);
}

/** The first 13 characters of the keys at a place; it is below all of them, and no key itself. */
export function keyAt(place: number): string {
  const digits = place.toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}`;
}

function nextRows(asked: number, brought: number, length: number): number {
  if (brought === 0) return Math.max(asked, FEW);
  const fitting = Math.floor(QUERY_LENGTH / (length / brought));
  return Math.max(FEW, Math.min(4 * asked, MAX_ROWS, fitting));
}

function lengthOf(messages: readonly Message[]): number {
  return messages.reduce((sum, { msg }) => sum + KEY_LENGTH + msg.length, 0);
}
