import { countLines, lastKey, type ReadRange } from '../shared/message/message-stream.ts';
import { waitAtMost } from '../shared/timing/deadline.ts';

interface Options {
  /** The longest that a read may take, in ms; a large one may take longer. */
  readonly requestTimeoutMs: number;
  /** The same while no logger can be used. */
  readonly outageTimeoutMs: number;
  readonly isUsable: () => boolean;
  /** How long its callers have waited already, in ms. */
  readonly waitedMs: number;
  /** Called when a logger is asked for the first time. */
  readonly onSent: () => void;
}

/** How far a read has come: what the next logger has to be asked for, and how long it may still take. */
export interface ReadProgress {
  range(): ReadRange;
  /** Whether messages were handed on: then it cannot begin anew. */
  hasBegun(): boolean;
  /** How long it may still take, in ms; not above 0 when it is too late. */
  leftMs(): number;
  /** Waits for something for as long as it may still take, and for at most `atMostMs`; rejects as `waitAtMost` does. */
  waitFor<T>(promise: Promise<T>, signal: AbortSignal, atMostMs?: number): Promise<T>;
  /**
   * Whose turn comes first, the lowest: who was sent, so that it gets done before more are; then who was not; last who has more
   * time left than a new one, being ahead of the slowest pace.
   */
  rank(): number;
  /** Notes that a logger is asked. */
  sent(): void;
  /** Notes that a logger failed. */
  failed(): void;
  /** Hands a chunk of whole lines on to the reader. */
  handOn(chunk: Buffer): Generator<Buffer>;
}

/** A read of more messages than come at this pace within the usual deadline may take as long as they do at it. */
const SLOWEST_MESSAGES_PER_MS = 5;

/** Creates the progress of a read that begins now. */
export function createReadProgress(
  asked: ReadRange,
  { requestTimeoutMs, outageTimeoutMs, isUsable, waitedMs, onSent }: Options,
): ReadProgress {
  let range = asked;
  /** When the last chunk was taken, the last logger failed, or the read began, by the clock of performance.now(). */
  let sinceMs = performance.now();
  /** How long was waited in all for loggers that failed, or before it began: it counts for the whole read, however many chunks came between. */
  let lostMs = waitedMs;
  /** How long was waited in all for chunks that came. */
  let spentMs = 0;
  let count = 0;
  let isSent = false;

  const totalLeftMs = () =>
    sinceMs + Math.max(requestTimeoutMs, count / SLOWEST_MESSAGES_PER_MS) - lostMs - spentMs - performance.now();

  /** Less while no logger can be used, as there is nothing to wait for but their return. */
  function leftMs(): number {
    const nextMs = sinceMs + (isUsable() ? requestTimeoutMs : outageTimeoutMs) - lostMs;
    return Math.min(nextMs - performance.now(), totalLeftMs());
  }

  return {
    range: () => range,
    hasBegun: () => count > 0,
    leftMs,
    waitFor: (promise, signal, atMostMs = Number.POSITIVE_INFINITY) =>
      waitAtMost(promise, Math.ceil(Math.min(atMostMs, Math.max(leftMs(), 0))), signal),
    rank() {
      if (!isSent) return 1;
      return totalLeftMs() > requestTimeoutMs ? 2 : 0;
    },
    sent() {
      if (!isSent) onSent();
      isSent = true;
    },
    failed() {
      const nowMs = performance.now();
      lostMs += nowMs - sinceMs;
      sinceMs = nowMs;
    },
    *handOn(chunk) {
      const lines = countLines(chunk);
      range = { after: lastKey(chunk), ...(range.limit === undefined ? {} : { limit: range.limit - lines }) };
      count += lines;
      spentMs += performance.now() - sinceMs;
      yield chunk;
      sinceMs = performance.now(); // the reader's own time does not count
    },
  };
}
