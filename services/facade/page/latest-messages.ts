import type { Message } from '../../shared/message/message.ts';
import type { Way } from './write-watch.ts';

/** One acknowledged message, as the page shows it. */
export interface LatestMessage {
  readonly UUID: string;
  /** Its beginning. */
  readonly text: string;
  /** How long the whole text is, in UTF-16 units. */
  readonly length: number;
  /** When it was acknowledged; this and what follows is left out if its way is not known. */
  readonly at?: number;
  readonly tookMs?: number;
  readonly logger?: string;
  /** The loggers that were tried, in their order. */
  readonly tried?: readonly string[];
}

/** The messages that were acknowledged lately. */
export interface LatestMessages {
  note(message: Message, way: Way): void;
  /** What has come since the last call: as many rows as are read by anybody, and how many more there were. */
  take(): { readonly rows: readonly LatestMessage[]; readonly skipped: number } | undefined;
}

/** What anybody could read is far less. After a stall many come at once: so more are shown, if there were few before. */
const ROWS_PER_SECOND = 300;
const MAX_ROWS = 600;
const MAX_SHOWN_TEXT = 200;

/** Creates the list; `now` gives milliseconds. */
export function createLatestMessages(now: () => number): LatestMessages {
  let rows: LatestMessage[] = [];
  let skipped = 0;
  /** How many rows may be shown, as it was at a time. */
  let allowed = MAX_ROWS;
  let allowedMs = now();

  return {
    note(message, way) {
      const time = now();
      allowed = Math.min(MAX_ROWS, allowed + ((time - allowedMs) * ROWS_PER_SECOND) / 1_000);
      allowedMs = time;
      if (allowed < 1) {
        skipped++;
        return;
      }
      allowed--;
      rows.push(rowOf(message, way));
    },
    take() {
      if (rows.length === 0 && skipped === 0) return undefined;
      const frame = { rows, skipped };
      rows = [];
      skipped = 0;
      return frame;
    },
  };
}

/** What the list shows of a message: the beginning of its text, and its way if it is known. */
export function rowOf({ UUID, msg }: Message, way: Way | undefined): LatestMessage {
  const text = msg.length > MAX_SHOWN_TEXT ? msg.slice(0, MAX_SHOWN_TEXT).toWellFormed() : msg;
  if (way === undefined) return { UUID, text, length: msg.length };
  const { at, logger, attempts } = way;
  const tookMs = Math.round(way.tookMs * 10) / 10;
  return { UUID, text, length: msg.length, at, tookMs, logger, tried: attempts.map(({ logger }) => logger) };
}
