import { EventEmitter } from 'node:events';
import type { Message } from '../shared/message/message.ts';
import type { Problem } from '../shared/message/problem.ts';
import type { TraceContext } from '../shared/message/trace.ts';

/** What a logger says of a message: stored now, there before with the same text, or with another one. */
export type Outcome = 'stored' | 'present' | 'conflict';

/** Where a message is stored, and whether it was there before. */
export interface Stored {
  readonly outcome: Outcome;
  readonly logger: string;
  /** Whether an earlier attempt may have stored it. */
  readonly isRepeat?: boolean;
}

/** What a caller is told of its message. */
export type StoreResult = Stored | Problem;

/** A message that came, and the trace of the request that brought it. */
export interface Submission {
  readonly message: Message;
  readonly trace: TraceContext;
}

/** A logger, by its name and its address. */
export interface Logger {
  readonly name: string;
  readonly url: string;
}

/** A batch that is sent to a logger; for a batch of one, the trace is that of its message. */
export interface StoreAttempt {
  readonly logger: Logger;
  readonly batch: readonly Submission[];
  readonly trace: TraceContext;
}

/** What happens to messages. The writer and the reader emit it; log lines, metrics and the page listen. */
export interface FacadeEvents {
  arrived: [submission: Submission];
  answered: [submission: Submission, result: StoreResult];
  /** A message is refused before it is read. */
  refused: [problem: Problem];
  /** Messages have waited for as long as they may; each is answered as well. */
  timedOut: [submissions: readonly Submission[], reason: unknown];
  /** A batch goes out for the first time. */
  batchSent: [batch: readonly Submission[]];
  attemptBegun: [attempt: StoreAttempt];
  /** It stored the batch, or is not needed any more. */
  attemptEnded: [attempt: StoreAttempt];
  attemptFailed: [attempt: StoreAttempt, error: unknown];
  readBegun: [callers: readonly TraceContext[]];
  /** With one caller, the trace is that of its request. */
  readFailed: [logger: Logger, error: unknown, trace: TraceContext, callers: readonly TraceContext[]];
  /** Another logger is tried, because this one failed or is too slow. */
  failedOver: [from: Logger, operation: 'store' | 'read'];
  /** A request with lines is taken; when it has ended, it had so many of them. */
  bulkBegun: [];
  bulkEnded: [lines: number];
  /** Somebody follows; when it ends, it may be because messages came faster than they were taken. */
  followBegun: [];
  followEnded: [isTooSlow: boolean];
  loggerReady: [logger: Logger];
  loggerNotReady: [logger: Logger, reason: string];
}

/** Emits events. A listener runs at once, before `emit` returns. */
export type Events = EventEmitter<FacadeEvents>;

/** Creates the events of one facade. */
export const createEvents = (): Events => new EventEmitter();
