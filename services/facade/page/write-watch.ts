import { Problem, reasonOf } from '../../shared/message/problem.ts';
import type { Events, StoreAttempt, Submission } from '../events.ts';

/** One attempt to store a message through a logger, with others of its batch; times as performance.now() gives them. */
export interface Attempt {
  readonly logger: string;
  readonly beganMs: number;
  /** Undefined while it is under way. */
  endedMs?: number;
  /** Why it failed. */
  error?: string;
}

/** How a message was stored. */
export interface Way {
  readonly UUID: string;
  /** From performance.now(). */
  readonly arrivedMs: number;
  /** In their order; those that were begun so far. */
  attempts: readonly Attempt[];
  /** Who stored it; empty until it is acknowledged. */
  logger: string;
  /** When it was acknowledged, in milliseconds since 1970. */
  at: number;
  /** From its arrival until it was acknowledged. */
  tookMs: number;
}

/** What was acknowledged since the start. */
export interface WriteCounts {
  /** Messages that were stored for the first time. */
  readonly stored: number;
  /** Messages that a second attempt found stored: by the first attempt, or long before. */
  readonly found: number;
  /** Messages that have no outcome yet. */
  readonly pending: number;
  readonly byLogger: Readonly<Record<string, number>>;
}

/** What becomes of messages, whether somebody watches or not. */
export interface WriteWatch {
  counts(): WriteCounts;
  /** The ways of the last 10,000 messages that were stored, in no order. */
  readonly ways: readonly Way[];
  /** Of these messages, the ways of those that are among the last 10,000. */
  waysOf(UUIDs: readonly string[]): ReadonlyMap<string, Way>;
}

/** Less than 4 MB, as the texts are not kept (write-watch.test.ts). */
const KEPT_WAYS = 10_000;

/** Creates the watch of a facade's events; tells `onAcknowledged` of each message that is acknowledged. */
export function watchWrites(events: Events, onAcknowledged: (way: Way, text: string) => void): WriteWatch {
  let stored = 0;
  let found = 0;
  const byLogger: Record<string, number> = {};
  const pending = new Map<Submission, Way>();
  const begun = new Map<StoreAttempt, Attempt>();
  const ways: Way[] = [];

  events.on('arrived', (submission) => {
    const UUID = copyOf(submission.message.UUID);
    pending.set(submission, { UUID, arrivedMs: performance.now(), attempts: [], logger: '', at: 0, tookMs: 0 });
  });
  events.on('attemptBegun', (attempt) => {
    const one: Attempt = { logger: attempt.logger.name, beganMs: performance.now() };
    begun.set(attempt, one);
    const first = [one]; // nearly all messages of a batch share it
    for (const submission of attempt.batch) {
      const way = pending.get(submission);
      if (way !== undefined) way.attempts = way.attempts.length === 0 ? first : [...way.attempts, one];
    }
  });
  function end(attempt: StoreAttempt, error?: unknown): void {
    const one = begun.get(attempt);
    begun.delete(attempt);
    if (one === undefined) return;
    one.endedMs = performance.now();
    if (error !== undefined) one.error = reasonOf(error);
  }
  events.on('attemptEnded', end);
  events.on('attemptFailed', end);
  events.on('answered', (submission, result) => {
    const way = pending.get(submission);
    pending.delete(submission);
    if (way === undefined || result instanceof Problem || result.outcome === 'conflict') return;
    const { logger, outcome, isRepeat } = result;
    way.logger = logger;
    way.at = Date.now();
    way.tookMs = performance.now() - way.arrivedMs;
    if (outcome === 'stored') {
      ways[(stored + found) % KEPT_WAYS] = way;
      if (isRepeat) found++;
      else stored++;
      byLogger[logger] = (byLogger[logger] ?? 0) + 1;
    }
    onAcknowledged(way, submission.message.msg);
  });

  return {
    counts: () => ({ stored, found, pending: pending.size, byLogger: { ...byLogger } }),
    ways,
    waysOf(UUIDs) {
      const wanted = new Set(UUIDs);
      return new Map(ways.filter(({ UUID }) => wanted.has(UUID)).map((way) => [way.UUID, way]));
    },
  };
}

/** V8 may keep a part of a text as a view of the whole: a UUID from a form would hold the form, with its message. */
function copyOf(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
