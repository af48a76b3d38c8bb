import type { Message } from '../shared/message/message.ts';
import { Problem, reasonOf } from '../shared/message/problem.ts';
import type { TraceContext } from '../shared/message/trace.ts';
import type { Log } from '../shared/observing/log.ts';
import type { Outcome } from './logger-client.ts';

/** Where a message was stored, and whether it was there before. */
export interface Stored {
  readonly outcome: Outcome;
  readonly logger: string;
  /** Whether an attempt before may have stored it. */
  readonly isRepeat?: boolean;
}

/** What a caller is told of its message. */
export type StoreResult = Stored | Problem;

/** A message whose caller waits for its outcome. */
export interface PendingMessage {
  readonly message: Message;
  /** The trace of the request that it came by. */
  readonly trace: TraceContext;
  readonly isSettled: boolean;
  /** Tells the caller; only the first outcome counts. */
  settle(outcome: StoreResult): void;
  /** Notes that a logger was sent it, or why one failed: what the caller is told if no other outcome comes. */
  noteAttempt(): void;
  noteError(error: unknown): void;
}

/** Which messages are under way, with keys above one, from now until `end`. */
export interface UnderWay {
  /** The earliest key of those that are, or were at some time since; undefined if there was none. */
  earliest(): string | undefined;
  end(): void;
}

interface Options {
  /** The longest that a message may take in all. */
  readonly requestTimeoutMs: number;
  /** The longest while no logger can be used at all: then there is nothing to wait for but their return. */
  readonly outageTimeoutMs: number;
  /** Whether a logger can be used. */
  readonly isUsable: () => boolean;
  readonly log: Log;
}

const SWEEP_MS = 100;

/**
 * Creates the place where messages wait for their outcome. Wherever one is held up, in the queue, in a batch, by a logger,
 * its caller is answered in time: one sweep ends all that have waited too long.
 */
export function createPendingMessages(options: Options): {
  add(
    message: Message,
    trace: TraceContext,
  ): { readonly pending: PendingMessage; readonly outcome: Promise<StoreResult> };
  underWay(after: string): UnderWay;
} {
  const { requestTimeoutMs, outageTimeoutMs, isUsable, log } = options;
  /** In the order of their arrival, so the oldest come first. */
  const waiting = new Map<PendingMessage, { readonly arrivedMs: number; tried: boolean; lastError: unknown }>();
  /** Called for each message that comes. */
  const watchers = new Set<(message: Message) => void>();
  let sweeping: NodeJS.Timeout | undefined;

  function sweep(): void {
    const oldestMs = performance.now() - (isUsable() ? requestTimeoutMs : Math.min(outageTimeoutMs, requestTimeoutMs));
    const traceIds: string[] = [];
    let reason: unknown;
    for (const [pending, { arrivedMs, tried, lastError }] of waiting) {
      if (arrivedMs > oldestMs) break;
      pending.settle(notStored(pending.message, tried, lastError));
      reason = lastError ?? reason;
      traceIds.push(pending.trace.traceId);
    }
    const [traceId, ...others] = traceIds;
    if (others.length > 0) log.error({ traceIds }, `could not log ${traceIds.length} messages: ${reasonOf(reason)}`);
    else if (traceId !== undefined) log.error({ traceId }, `could not log 1 message: ${reasonOf(reason)}`);
    if (waiting.size > 0) return;
    clearInterval(sweeping);
    sweeping = undefined;
  }

  return {
    add(message, trace) {
      const state = { arrivedMs: performance.now(), tried: false, lastError: undefined as unknown };
      const { promise: outcome, resolve } = withResolvers<StoreResult>();
      const pending: PendingMessage = {
        message,
        trace,
        get isSettled() {
          return !waiting.has(pending);
        },
        settle(result) {
          waiting.delete(pending);
          resolve(result);
        },
        noteAttempt() {
          state.tried = true;
        },
        noteError(error) {
          state.lastError = error;
        },
      };
      waiting.set(pending, state);
      for (const note of watchers) note(message);
      sweeping ??= setInterval(sweep, SWEEP_MS).unref();
      return { pending, outcome };
    },
    underWay(after) {
      let earliest: string | undefined;
      function note({ UUID }: Message): void {
        if (UUID > after && (earliest === undefined || UUID < earliest)) earliest = UUID;
      }
      for (const { message } of waiting.keys()) note(message);
      watchers.add(note);
      return { earliest: () => earliest, end: () => watchers.delete(note) };
    },
  };
}

function notStored({ UUID }: Message, tried: boolean, cause: unknown): Problem {
  const detail = tried
    ? 'No logger could say that the message is stored; it may be. Send it again with the same UUID: it is stored once.'
    : 'No logger could be used to store the message; it is not stored. Send it again later.';
  return new Problem('unavailable', detail, { cause, members: { UUID } });
}

/** Promise.withResolvers, which Node.js 20 does not have. */
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((use) => {
    resolve = use;
  });
  return { promise, resolve };
}
