import type { Acknowledged, Try } from './write-watch.ts';

/** One acknowledged message, as the page shows it. */
export interface LatestMessage {
  readonly UUID: string;
  /** Its beginning. */
  readonly text: string;
  /** How long the whole text is, in UTF-16 units. */
  readonly length: number;
  readonly at: number;
  readonly tookMs: number;
  readonly logger: string;
  /** How many loggers were tried. */
  readonly tried: number;
}

/** The messages that were acknowledged lately. */
export interface LatestMessages {
  note(acknowledged: Acknowledged): void;
  /** What has come since the last call: as many rows as are read by anybody, and how many more there were. */
  take(): { readonly rows: readonly LatestMessage[]; readonly skipped: number } | undefined;
  /** The way of a message, if it is one of the last thousands. */
  wayOf(UUID: string): { readonly at: number; readonly tookMs: number; readonly attempts: readonly Try[] } | undefined;
  clear(): void;
}

/** What anybody could read is far less. After a stall many come at once: so more are shown, if there were few before. */
const ROWS_PER_SECOND = 300;
const MAX_ROWS = 600;
export const MAX_SHOWN_TEXT = 200;
const KEPT_WAYS = 5_000;

/** Creates the list; `now` gives milliseconds. */
export function createLatestMessages(now: () => number): LatestMessages {
  let fresh: LatestMessage[] = [];
  let skipped = 0;
  /** How many rows may be shown, as it was at a time. */
  let allowed = MAX_ROWS;
  let allowedMs = now();
  const ways = new Map<string, Acknowledged>();

  return {
    note(acknowledged) {
      const { UUID } = acknowledged.message;
      // The text is not kept: a few thousand may be 64 KB each.
      const short = { ...acknowledged, message: { UUID, msg: '' } };
      ways.set(UUID, short);
      if (ways.size > KEPT_WAYS) for (const oldest of [...ways.keys()].slice(0, KEPT_WAYS / 10)) ways.delete(oldest);
      const time = now();
      allowed = Math.min(MAX_ROWS, allowed + ((time - allowedMs) * ROWS_PER_SECOND) / 1_000);
      allowedMs = time;
      if (allowed < 1) {
        skipped++;
        return;
      }
      allowed--;
      fresh.push(rowOf(acknowledged));
    },
    take() {
      if (fresh.length === 0 && skipped === 0) return undefined;
      const frame = { rows: fresh, skipped };
      fresh = [];
      skipped = 0;
      return frame;
    },
    wayOf(UUID) {
      const way = ways.get(UUID);
      return way === undefined ? undefined : { at: way.at, tookMs: way.tookMs, attempts: way.attempts };
    },
    clear() {
      fresh = [];
      skipped = 0;
      ways.clear();
    },
  };
}

function rowOf({ message: { UUID, msg }, at, tookMs, logger, attempts }: Acknowledged): LatestMessage {
  return { UUID, text: shortened(msg), length: msg.length, at, tookMs: round(tookMs), logger, tried: attempts.length };
}

/** The beginning of a text, as long as the page shows it in a list. */
export function shortened(text: string): string {
  return text.length > MAX_SHOWN_TEXT ? text.slice(0, MAX_SHOWN_TEXT).toWellFormed() : text;
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
