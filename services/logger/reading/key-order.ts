import type { Message, ReadRange } from '../../shared/message/message.ts';
import {
  type Bounds,
  createKeySketch,
  KEY_SPACE,
  type KeySample,
  type KeySketch,
  keyAt,
  placeOf,
  type Reach,
} from './key-sketch.ts';

/** Asks how many texts with keys within bounds are longer than `length`, as String.length counts. */
export type LongerCount = (range: Bounds, length: number) => Promise<number>;

/**
 * About what one query brings, as String.length counts. A member needs some six times of it for a moment: the rows of the
 * others as they come, as entries, and once more in its answer.
 */
const QUERY_LENGTH = 524_288;
/** The most that one query may bring, but for a few texts that may be of any length. */
const MAX_QUERY_LENGTH = 2 * QUERY_LENGTH;
const FEW = 16;
const MAX_ROWS = 2_000;
/** As many rows of this length as a query may have are as long as a query may be. */
export const LONG_LENGTH = Math.floor(MAX_QUERY_LENGTH / MAX_ROWS);

/** Asks for entries with keys within bounds: the first `limit` of them, in the order of keys. */
export type RangeQuery = (range: Bounds & { readonly limit: number }) => Promise<readonly Message[]>;

/** What entries are read from. */
export interface Table {
  readonly query: RangeQuery;
  readonly countLonger: LongerCount;
  /** How many entries there are. */
  readonly size: () => Promise<number>;
  /** Takes a sample of all keys. */
  readonly sample: () => Promise<KeySample>;
}

/** What reads of a large map have found, so that not each has to find it again. */
export interface Findings {
  sketch?: KeySketch | undefined;
  /** How long the sketch is good for, by the clock of performance.now(), and up to which size of the map. */
  untilMs?: number;
  untilSize?: number;
  /** How many rows of the last texts fit a query. */
  rows?: number;
}

/** A query under way. */
interface Sent {
  readonly bounds: Bounds;
  /** In places. */
  readonly width: number;
  /** Whether it is as wide as the range before said. */
  readonly isFitted: boolean;
  /** How many rows were asked for, and whether fewer than elsewhere, as texts are long there. */
  readonly asked: number;
  readonly hasLong: boolean;
  readonly answer: Promise<readonly Message[]>;
}

/** With more rows a map is large: to look at all of it takes longer than to ask where its keys stand. */
const LARGE_ROWS = 2 * MAX_ROWS;
/** What came since the sketch was drawn stands in places that it does not know. */
const SKETCH_HOLDS_MS = 10_000;
const SKETCH_HOLDS_GROWTH = 1.25;
/** To look at fewer short rows takes hardly less time. */
const LEAST_ROWS = 256;
/** How many more rows are reached for after each query that went by the sketch and has brought none. */
const LEAP = 8;
const KEY_LENGTH = 36;
/** A page is handed on when it has so many rows or characters; some queries bring less. */
const PAGE_ROWS = 500;
const PAGE_LENGTH = QUERY_LENGTH / 2;

/**
 * Reads entries in the order of their keys, page by page: asks for one range of keys after another, and notes what it finds.
 *
 * A query has to look at every entry between its bounds, so in a large map most have an upper one, set so that about as much as one
 * query should bring lies below it: as wide as that was in the range before, and no wider than the sketch says. Behind the last key of the
 * sketch there is none: little can be there. Whatever the guess, no entry is left out: a result that is not full proves that there is no
 * more below its bound.
 *
 * Where the guesses hold, the next range is asked for before the answer to this one has come: else the members would wait while
 * it is decoded here. If this one is full, the rest of it is asked for before the next is used.
 */
export async function* readInKeyOrder(
  table: Table,
  { after = '', limit }: ReadRange,
  findings: Findings = {},
): AsyncGenerator<readonly Message[]> {
  const { query, countLonger } = table;
  const size = await table.size();
  const sketch = size <= LARGE_ROWS ? undefined : await sketchOf(table, size, findings);
  let rows = (sketch && findings.rows) ?? MAX_ROWS;
  let left = limit ?? Number.POSITIVE_INFINITY;
  /** How wide a range should be by the one before; undefined where that says nothing. */
  let width: number | undefined;
  let leap = 1;
  let isSteady = sketch !== undefined;

  /** How far to ask for, from a place on. */
  function reach(place: number): Reach {
    if (sketch === undefined)
      return { from: place, to: width === undefined || size <= 2 * rows ? KEY_SPACE : place + width };
    const wanted = Math.min(0.8 * rows, Math.max(2 * left, LEAST_ROWS));
    const { from, to } = sketch.reach(place, (width === undefined ? leap : 2) * wanted);
    return { from, to: Math.min(to, from + (width ?? KEY_SPACE)) };
  }

  async function send(from: string, before?: string): Promise<Sent> {
    const isFitted = width !== undefined;
    const { from: start, to } = reach(placeOf(from));
    const end = before === undefined ? to : placeOf(before);
    const upper = before ?? (end >= KEY_SPACE ? undefined : keyAt(end));
    const bounds = { after: from, ...(upper === undefined ? {} : { before: upper }) };
    const most = Math.min(rows, left);
    const asked = await rowsToAsk(countLonger, bounds, most);
    const answer = query({ ...bounds, limit: asked });
    answer.catch(() => {}); // its error is thrown when it is awaited
    return { bounds, width: end - start, isFitted, asked, hasLong: asked < most, answer };
  }

  let page: Message[] = [];
  const underWay: Sent[] = [await send(after)];
  for (let sent = underWay[0]; sent !== undefined; sent = underWay[0]) {
    const next = sent.bounds.before;
    const mayGoAhead = isSteady && !sent.hasLong && rows > MAX_ROWS / 2 && limit === undefined;
    if (mayGoAhead && underWay.length === 1 && next !== undefined) underWay.push(await send(next));
    const messages = await sent.answer;
    underWay.shift();
    page.push(...messages);
    if (page.length >= PAGE_ROWS || lengthOf(page) >= PAGE_LENGTH) {
      yield page;
      page = [];
    }
    left -= messages.length;
    if (left <= 0) break;
    const last = messages.at(-1)?.UUID;
    const isFull = messages.length === sent.asked && last !== undefined;
    if (next === undefined) {
      if (!isFull) break;
      findings.untilMs = 0; // more than the sketch knows of
    }
    rows = nextRows(sent.hasLong ? sent.asked : rows, messages.length, lengthOf(messages));
    if (messages.length >= FEW) findings.rows = nextRows(MAX_ROWS, messages.length, lengthOf(messages));
    isSteady = messages.length >= sent.asked / 2;
    leap = messages.length > 0 || sent.isFitted ? 1 : leap * LEAP;
    const covered = isFull ? placeOf(last) - placeOf(messages[0]?.UUID ?? sent.bounds.after) : sent.width;
    width = messages.length === 0 ? undefined : Math.ceil((0.8 * rows * Math.max(covered, 1)) / messages.length);
    if (isFull) underWay.unshift(await send(last, underWay.length > 0 ? next : undefined));
    else if (underWay.length === 0) underWay.push(await send(next ?? sent.bounds.after));
  }
  if (page.length > 0) yield page;
}

/** The sketch that was drawn lately, or a new one: not shared before it is drawn, as it ends with the reader that draws it. */
async function sketchOf({ sample }: Table, size: number, findings: Findings): Promise<KeySketch> {
  const { untilMs = 0, untilSize = 0 } = findings;
  if (findings.sketch !== undefined && performance.now() < untilMs && size <= untilSize) return findings.sketch;
  const sketch = createKeySketch(await sample());
  findings.sketch = sketch;
  findings.untilSize = SKETCH_HOLDS_GROWTH * size;
  findings.untilMs = performance.now() + SKETCH_HOLDS_MS;
  return sketch;
}

function nextRows(fits: number, brought: number, length: number): number {
  if (brought === 0) return Math.max(fits, FEW);
  const fitting = Math.floor(QUERY_LENGTH / (length / brought));
  return Math.max(FEW, Math.min(4 * fits, MAX_ROWS, fitting));
}

/** How long messages are, keys and all, as String.length counts. */
function lengthOf(messages: readonly Message[]): number {
  return messages.reduce((sum, { msg }) => sum + KEY_LENGTH + msg.length, 0);
}

/**
 * Tells how many rows within bounds may be asked for, at most `most`, so that the members can bear them. `most` follows from the texts
 * before. Where much longer ones come after short ones, that many could be more than the members have memory for, and all three
 * would die of it: so long ones are counted first. Rejects with what the count rejects with.
 */
async function rowsToAsk(countLonger: LongerCount, bounds: Bounds, most: number): Promise<number> {
  for (let rows = most; rows > FEW; rows = Math.ceil(rows / 4)) {
    if ((await countLonger(bounds, Math.floor(MAX_QUERY_LENGTH / rows))) <= FEW) return rows;
  }
  return Math.min(most, FEW);
}
