import type { Message } from '../../shared/message/message.ts';
import { Problem, reasonOf } from '../../shared/message/problem.ts';
import type { Events, StoreAttempt, Submission } from '../events.ts';

/** One try to store a message through a logger, with others of its batch. */
export interface Try {
  readonly logger: string;
  /** From the arrival of the message, in ms. */
  readonly afterMs: number;
  /** Undefined while it is under way. */
  tookMs?: number;
  /** Why it failed. */
  error?: string;
}

/** A message that was acknowledged, and its way there. */
export interface Acknowledged {
  readonly message: Message;
  readonly logger: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly tookMs: number;
  readonly attempts: readonly Try[];
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

/** What becomes of messages, for those who watch. While nobody does, it is only counted. */
export interface WriteWatch {
  counts(): WriteCounts;
  /** From now on tells of each message that is acknowledged; undefined: nobody watches any more. */
  watch(onAcknowledged: ((acknowledged: Acknowledged) => void) | undefined): void;
}

interface Way {
  readonly arrivedMs: number;
  readonly tries: Try[];
}

/** Creates the watch of a facade's events. */
export function watchWrites(events: Events): WriteWatch {
  let stored = 0;
  let found = 0;
  let pending = 0;
  const byLogger: Record<string, number> = {};
  let tell: ((acknowledged: Acknowledged) => void) | undefined;
  /** Messages without an outcome, if they came while somebody watched. */
  const ways = new Map<Submission, Way>();
  const begun = new Map<StoreAttempt, { readonly startMs: number; readonly tries: readonly Try[] }>();

  events.on('arrived', (submission) => {
    pending++;
    if (tell !== undefined) ways.set(submission, { arrivedMs: performance.now(), tries: [] });
  });
  events.on('attemptBegun', (attempt) => {
    if (tell === undefined) return;
    const startMs = performance.now();
    const tries: Try[] = [];
    for (const submission of attempt.batch) {
      const way = ways.get(submission);
      if (way === undefined) continue;
      const one: Try = { logger: attempt.logger.name, afterMs: startMs - way.arrivedMs };
      tries.push(one);
      way.tries.push(one);
    }
    begun.set(attempt, { startMs, tries });
  });
  function end(attempt: StoreAttempt, error?: unknown): void {
    const { startMs, tries } = begun.get(attempt) ?? { startMs: 0, tries: [] };
    begun.delete(attempt);
    for (const one of tries) {
      one.tookMs = performance.now() - startMs;
      if (error !== undefined) one.error = reasonOf(error);
    }
  }
  events.on('attemptEnded', end);
  events.on('attemptFailed', end);
  events.on('attemptRefused', end);
  events.on('answered', (submission, result) => {
    pending--;
    const way = ways.get(submission);
    ways.delete(submission);
    if (result instanceof Problem || result.outcome === 'conflict') return;
    const { logger, outcome, isRepeat } = result;
    if (outcome === 'stored') {
      if (isRepeat) found++;
      else stored++;
      byLogger[logger] = (byLogger[logger] ?? 0) + 1;
    }
    const tookMs = way === undefined ? 0 : performance.now() - way.arrivedMs;
    tell?.({ message: submission.message, logger, at: Date.now(), tookMs, attempts: way?.tries ?? [] });
  });

  return {
    counts: () => ({ stored, found, pending, byLogger: { ...byLogger } }),
    watch(onAcknowledged) {
      tell = onAcknowledged;
      if (tell === undefined) ways.clear();
    },
  };
}
