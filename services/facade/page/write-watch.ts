import type { Message } from '../../shared/message/message.ts';
import { Problem } from '../../shared/message/problem.ts';
import type { PendingMessage, StoreResult } from '../pending-messages.ts';

/** One try to store a message through a logger, with others of its batch. */
export interface Attempt {
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
  readonly attempts: readonly Attempt[];
}

/** What was acknowledged since the start. */
export interface WriteCounts {
  /** Messages that were stored for the first time. */
  readonly stored: number;
  /** Messages of which a second attempt found that they are there: by the first one, or since long. */
  readonly found: number;
  /** Messages that have no outcome yet. */
  readonly pending: number;
  readonly byLogger: Readonly<Record<string, number>>;
}

/** What a writer tells of its work for those who watch. While nobody does, it only counts. */
export interface WriteWatch {
  arrived(message: Message): void;
  /** An attempt begins; what it gives is called when it has ended, with the reason if it failed. */
  attempt(logger: string, batch: readonly PendingMessage[]): ((error?: string) => void) | undefined;
  settled(message: Message, result: StoreResult): void;
}

/** The same, for those who watch. */
export interface WatchedWrites extends WriteWatch {
  counts(): WriteCounts;
  /** From now on tells of each message that is acknowledged; undefined: nobody watches any more. */
  watch(onAcknowledged: ((acknowledged: Acknowledged) => void) | undefined): void;
}

interface Way {
  readonly arrivedMs: number;
  readonly attempts: Attempt[];
}

/** Creates the watch of a writer. */
export function createWriteWatch(): WatchedWrites {
  let stored = 0;
  let found = 0;
  let pending = 0;
  const byLogger: Record<string, number> = {};
  let tell: ((acknowledged: Acknowledged) => void) | undefined;
  /** Of messages that have no outcome yet; those that came before somebody watched are not there. */
  const ways = new Map<string, Way>();

  return {
    arrived({ UUID }) {
      pending++;
      if (tell !== undefined) ways.set(UUID, { arrivedMs: performance.now(), attempts: [] });
    },
    attempt(logger, batch) {
      if (tell === undefined) return undefined;
      const startMs = performance.now();
      const attempts: Attempt[] = [];
      for (const { message } of batch) {
        const way = ways.get(message.UUID);
        if (way === undefined) continue;
        const attempt: Attempt = { logger, afterMs: startMs - way.arrivedMs };
        attempts.push(attempt);
        way.attempts.push(attempt);
      }
      return (error) => {
        const tookMs = performance.now() - startMs;
        for (const attempt of attempts) {
          attempt.tookMs = tookMs;
          if (error !== undefined) attempt.error = error;
        }
      };
    },
    settled(message, result) {
      pending--;
      if (!(result instanceof Problem) && result.outcome === 'stored') {
        if (result.isRepeat) found++;
        else stored++;
        byLogger[result.logger] = (byLogger[result.logger] ?? 0) + 1;
      }
      if (tell === undefined) return;
      const way = ways.get(message.UUID);
      ways.delete(message.UUID);
      if (result instanceof Problem || result.outcome === 'conflict') return;
      const tookMs = way === undefined ? 0 : performance.now() - way.arrivedMs;
      tell({ message, logger: result.logger, at: Date.now(), tookMs, attempts: way?.attempts ?? [] });
    },
    counts: () => ({ stored, found, pending, byLogger: { ...byLogger } }),
    watch(onAcknowledged) {
      tell = onAcknowledged;
      if (tell === undefined) ways.clear();
    },
  };
}
