import type { Message } from '../shared/message.ts';
import type { ReadRange } from '../shared/message-stream.ts';
import { type Bounds, KEY_SPACE, keyAt, placeOf } from './key-places.ts';
import type { KeySample } from './key-sample.ts';
import { createRowGuard, FEW, type LongerCount, MAX_QUERY_LENGTH, MAX_ROWS, QUERY_LENGTH } from './row-guard.ts';

/** Asks for entries with keys within bounds: the first `limit` of them, in the order of keys. */
export type RangeQuery = (range: Bounds & { readonly limit: number }) => Promise<readonly Message[]>;

/** What entries are read from. */
export interface Table {
  readonly query: RangeQuery;
  readonly countLonger: LongerCount;
  /** How many entries there are. */
  readonly size: () => Promise<number>;
  /** Takes a sample of the keys above one. */
  readonly sample: (after: string) => Promise<KeySample>;
}

interface Density {
  readonly placesPerRow: number;
  /** How many rows fit a query. */
  readonly rows: number;
}

/** What reads of a large map have found, so that the next one need not look at all of it first. */
export interface Findings {
  /** Where its first key stands. */
  firstPlace?: number | undefined;
  density?: Density | undefined;
}

/** A query under way. */
interface Sent {
  readonly bounds: Bounds;
  /** In places. */
  readonly width: number;
  /** How many rows were asked for. */
  readonly asked: number;
  readonly answer: Promise<readonly Message[]>;
}

const FIRST_ROWS = 2_000;
/** From so many rows or characters on a map is large: to look at all of it takes longer than a few queries. */
const LARGE_ROWS = 20_000;
const LARGE_LENGTH = 4 * MAX_QUERY_LENGTH;
/** How much wider a range is when the one before it was nearly empty; wider still after each that has nothing. */
const LEAP = 8;
/** Keys are not equally dense everywhere: only the first of a sample count. */
const SAMPLED_KEYS = 16;
const KEY_LENGTH = 36;

/**
 * Asks for one range of keys after another, and gives what each query brings, but for those that bring nothing.
 *
 * A query has to look at every entry between its bounds, so most have an upper one, set so that about as much as one query
 * should bring lies below it: near enough to cost little, and moved out by leaps where there is little. The first has none
 * where the map is not known to be large, nor has the one whose bound would pass the present: few keys, if any, have a
 * later time. Whatever the guess, no entry is left out: a result that is not full proves that there is no more below its bound.
 *
 * Where the guesses hold, the next range is asked for before the answer to this one has come: else the members would wait while
 * it is decoded here. If this one is full, the rest of it is asked for before the next is used.
 */
export async function* queriesInKeyOrder(
  table: Table,
  { after = '', limit }: ReadRange,
  findings: Findings,
): AsyncGenerator<readonly Message[]> {
  const { startPlace, density } = await findBeginning(table, after, findings);
  const { query, countLonger } = table;
  const guard = createRowGuard(countLonger);
  let rows = density?.rows ?? FIRST_ROWS;
  const wanted = Math.min(0.8 * rows, 1.5 * (limit ?? rows));
  let width = density === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil(wanted * density.placesPerRow));
  let isSteady = density !== undefined;
  let leap = LEAP;
  let left = limit ?? Number.POSITIVE_INFINITY;

  let count = 0;
  let length = 0;
  const isLarge = () => count >= LARGE_ROWS || length >= LARGE_LENGTH;
  let firstPlace: number | undefined;

  async function send(from: string, before?: string): Promise<Sent> {
    const start = from === '' ? (startPlace ?? 0) : placeOf(from);
    const end = before === undefined ? start + width : placeOf(before);
    const now = Date.now();
    const isLast = end >= KEY_SPACE || (start <= now && now < end);
    const upper = before ?? (isLast ? undefined : keyAt(end));
    const bounds = { after: from, ...(upper === undefined ? {} : { before: upper }) };
    const asked = await guard.rowsOf({ bounds, start, width: end - start, most: Math.min(rows, left), left });
    const answer = query({ ...bounds, limit: asked });
    answer.catch(() => {}); // thrown when it is waited for
    return { bounds, width: end - start, asked, answer };
  }

  const underWay: Sent[] = [await send(after)];
  for (let sent = underWay[0]; sent !== undefined && left > 0; sent = underWay[0]) {
    const next = sent.bounds.before;
    const isAlone = underWay.length === 1;
    if (isAlone && isSteady && !guard.hasLong() && limit === undefined && next !== undefined)
      underWay.push(await send(next));
    const messages = await sent.answer;
    underWay.shift();
    if (messages.length > 0) yield messages;
    left -= messages.length;
    count += messages.length;
    const broughtLength = lengthOf(messages);
    length += broughtLength;
    const last = messages.at(-1)?.UUID;
    const isFull = messages.length === sent.asked && last !== undefined;
    firstPlace ??= messages[0] && placeOf(messages[0].UUID);
    if (!isFull && next === undefined) {
      if (after === '' && !isLarge()) findings.density = undefined;
      return;
    }
    rows = nextRows(sent.asked, messages.length, broughtLength);
    const covered = isFull ? placeOf(last) - placeOf(messages[0]?.UUID ?? sent.bounds.after) : sent.width;
    const fitting = (0.8 * rows * Math.max(covered, 1)) / Math.max(messages.length, 1);
    isSteady = messages.length >= sent.asked / 2;
    if (isLarge() && isSteady) {
      if (after === '') findings.firstPlace = firstPlace;
      findings.density = { placesPerRow: Math.max(covered, 1) / messages.length, rows };
    }
    leap = messages.length === 0 ? leap * LEAP : LEAP;
    width = Math.max(1, Math.ceil(isFull ? fitting : Math.min(fitting, leap * sent.width)));
    if (isFull) underWay.unshift(await send(last, underWay.length > 0 ? next : undefined));
    else if (underWay.length === 0) underWay.push(await send(next ?? sent.bounds.after));
  }
}

/** Finds where the first key above one stands, and how dense keys are there; undefined where that is not known, and the map not large. */
async function findBeginning(
  { size, sample }: Table,
  after: string,
  { firstPlace, density }: Findings,
): Promise<{ readonly startPlace?: number | undefined; readonly density?: Density | undefined }> {
  const startPlace = after === '' ? firstPlace : placeOf(after);
  const known = startPlace === undefined ? {} : { startPlace, density };
  // Where all keys begin is looked up even if it is known: some may have come before it.
  if ((after !== '' && density !== undefined) || (await size()) < LARGE_ROWS) return known;
  const { keys, oneOf } = await sample(after);
  const places = keys.slice(0, SAMPLED_KEYS).map(placeOf);
  const [first, last] = [places[0], places.at(-1)];
  if (first === undefined || last === undefined || first === last) return known;
  const placesPerRow = (last - first) / ((places.length - 1) * oneOf);
  return {
    startPlace: after === '' ? first : startPlace,
    density: { placesPerRow, rows: density?.rows ?? FIRST_ROWS },
  };
}

function nextRows(asked: number, brought: number, length: number): number {
  if (brought === 0) return Math.max(asked, FEW);
  const fitting = Math.floor(QUERY_LENGTH / (length / brought));
  return Math.max(FEW, Math.min(4 * asked, MAX_ROWS, fitting));
}

/** How long messages are, keys and all, as String.length counts. */
export function lengthOf(messages: readonly Message[]): number {
  return messages.reduce((sum, { msg }) => sum + KEY_LENGTH + msg.length, 0);
}
