import { type Bounds, KEY_SPACE, keyAt, placeOf } from '../key-sketch.ts';

/** Asks for the keys within bounds, in their order, up to a number of them. */
export type KeyQuery = (range: Bounds & { readonly limit: number }) => Promise<readonly string[]>;

interface BackRange {
  /** Undefined: from the end. */
  readonly before: string | undefined;
  readonly limit: number;
  /** How many ms of keys the first query looks at. */
  readonly firstWidth: number;
}

const MAX_KEYS = 1_000;
/** How much wider the next range is, or how much narrower if one had too many keys. */
const LEAP = 8;

/**
 * Finds the last keys below one, the highest first. The index can be read in one direction only, so ranges of time are asked for
 * from the end back: wider ones where there is little, narrower ones where there is more than one query may bring.
 */
export async function lastKeys(query: KeyQuery, { before, limit, firstWidth }: BackRange): Promise<readonly string[]> {
  const found: string[] = [];
  let upper = before;
  let end = before === undefined ? KEY_SPACE : placeOf(before) + 1;
  // Few keys, if any, are of a later time than now, so all those times are one range.
  let isAhead = end > Date.now() + 1;
  let width = isAhead ? end - Date.now() : firstWidth;
  while (found.length < limit) {
    const start = Math.max(0, end - width);
    const bounds = { after: start === 0 ? '' : keyAt(start), ...(upper === undefined ? {} : { before: upper }) };
    const keys = width === 1 ? await allKeys(query, bounds) : await query({ ...bounds, limit: MAX_KEYS });
    if (keys.length === MAX_KEYS && width > 1) {
      width = Math.max(1, Math.floor(width / LEAP));
      continue;
    }
    found.push(...[...keys].reverse());
    if (start === 0) break;
    if (isAhead) width = firstWidth;
    else if (keys.length < limit) width = Math.min(width * LEAP * (keys.length === 0 ? LEAP : 1), KEY_SPACE);
    isAhead = false;
    end = start;
    upper = keyAt(start);
  }
  return found.slice(0, limit);
}

/** All keys of a range that cannot be made narrower; more than a few only if somebody makes keys of their own. */
async function allKeys(query: KeyQuery, bounds: Bounds): Promise<readonly string[]> {
  const all: string[] = [];
  for (let { after } = bounds; ; after = all.at(-1) ?? after) {
    const keys = await query({ ...bounds, after, limit: MAX_KEYS });
    all.push(...keys);
    if (keys.length < MAX_KEYS) return all;
  }
}
