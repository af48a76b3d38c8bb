import type { Message } from '../shared/message.ts';
import type { ReadRange } from '../shared/message-stream.ts';

/** Asks for entries with keys above `after` and below `before`: the first `limit` of them, in the order of keys. */
export type RangeQuery = (range: {
  readonly after: string;
  readonly before?: string;
  readonly limit: number;
}) => Promise<readonly Message[]>;

const FIRST_PAGE_ROWS = 500;
const MAX_PAGE_ROWS = 4_000;
const PAGE_BYTES = 1_048_576;
/** Keys begin with 48 bits of time (UUID version 7, RFC 9562): where a key stands on a line from 0 to 2^48. */
const KEY_SPACE = 2 ** 48;

/**
 * Reads entries in the order of their keys, page by page, however many there are. A query has to look at every entry
 * between its bounds, so all but the first have an upper one, set so that about a page lies below it: near enough to
 * cost little, and moved out by leaps where there is little. Whatever the guess, no entry is left out: a page that is
 * not full proves that there is no more below its bound.
 */
export async function* readInKeyOrder(
  query: RangeQuery,
  { after = '', limit }: ReadRange,
): AsyncGenerator<readonly Message[]> {
  let from = after;
  let width = Number.POSITIVE_INFINITY;
  let pageRows = FIRST_PAGE_ROWS;
  let left = limit ?? Number.POSITIVE_INFINITY;
  while (left > 0) {
    const start = placeOf(from);
    const end = start + width;
    const bound = end < KEY_SPACE ? { before: keyAt(end) } : {};
    const asked = Math.min(pageRows, left);
    const page = await query({ after: from, ...bound, limit: asked });
    if (page.length > 0) yield page;
    left -= page.length;
    const last = page.at(-1)?.UUID;
    const isFull = page.length === asked && last !== undefined;
    if (!isFull && bound.before === undefined) return;
    pageRows = nextPageRows(pageRows, page);
    const covered = isFull ? placeOf(last) - placeOf(page[0]?.UUID ?? from) : width;
    const fitting = (0.8 * pageRows * Math.max(covered, 1)) / Math.max(page.length, 1);
    width = Math.max(1, Math.ceil(isFull ? fitting : Math.min(fitting, 8 * width)));
    from = isFull ? last : (bound.before ?? from);
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

function nextPageRows(rows: number, page: readonly Message[]): number {
  if (page.length === 0) return rows;
  const bytes = page.reduce((sum, { msg }) => sum + 36 + msg.length, 0) / page.length;
  return Math.max(16, Math.min(4 * rows, MAX_PAGE_ROWS, Math.floor(PAGE_BYTES / bytes)));
}
