/** What a history records, in the order in which it ended: one JSON object a line. All times are ms since the run began. */
export type Event = PostEvent | GetEvent | WindowEvent;

/** One HTTP request that posted a message. A caller's retries are events of their own, of the same `n`. */
export interface PostEvent {
  readonly kind: 'post';
  /** Which facade was asked, from 1; absent where there is only one. */
  readonly facade?: number;
  /** The number of the message; its text follows from it (`textOf`). */
  readonly n: number;
  /** The UUID the caller sent along, or the one in a 2xx answer; empty if it is not known. */
  readonly uuid: string;
  readonly startMs: number;
  readonly endMs: number;
  /** The HTTP status; 0 if there was no whole answer. */
  readonly status: number;
  /** It was answered 2xx, but not with what a 2xx says; the status is 0 then, as it is no acknowledgement. */
  readonly malformed?: boolean;
  /** The logger that a 2xx answer names. */
  readonly logger?: string;
  readonly retryAfter?: boolean;
  /** What went wrong, in a few words. */
  readonly error?: string;
}

/** One HTTP request that read messages. */
export interface GetEvent {
  readonly kind: 'get';
  readonly format: 'text' | 'json' | 'ndjson';
  /** Which facade was asked, from 1; absent where there is only one. */
  readonly facade?: number;
  readonly startMs: number;
  readonly endMs: number;
  /** The HTTP status; 0 if there was no whole answer. */
  readonly status: number;
  readonly retryAfter?: boolean;
  readonly error?: string;
  /** What was read, of a whole 200 answer only. A 200 without it had a body that was not well-formed: a violation. */
  readonly seen?: Seen;
}

/** What one whole read gave. */
export interface Seen {
  /** The numbers read, as sorted ranges with both ends: [[1, 20], [22, 22]]. */
  readonly ranges: readonly (readonly [first: number, last: number])[];
  /** Numbers that came more than once. */
  readonly repeated: readonly number[];
  /** Texts that no writer sent, each cut to 80 characters; at most 20 of them. */
  readonly invented: readonly string[];
  /** Numbers of messages that came behind a later key (formats that show the UUID). */
  readonly outOfOrder: readonly number[];
  /** UUID by number; only in the read that ends a window. */
  readonly uuids?: Readonly<Record<number, string>>;
}

/** One fault, with the traffic around it. Every event that started within [startMs, endMs] belongs to it. */
export interface WindowEvent {
  readonly kind: 'window';
  readonly name: string;
  readonly seed: number;
  readonly startMs: number;
  readonly injectedMs: number;
  readonly healedMs: number;
  /** When all was ready again; absent if it never was. */
  readonly readyMs?: number;
  readonly endMs: number;
  /** Numbers below this one were written before the window: its reads do not look at them. */
  readonly firstN: number;
  /** The read that ended the window, when all was well again; absent if it did not succeed. */
  readonly finalRead?: Seen;
  /** Why the fault did not happen as it should, if so. */
  readonly notHappened?: string;
  /** All members were ended on purpose: memory is gone, and what was written before `injectedMs` may be lost with it. */
  readonly memoryLost?: boolean;
  /** The members were filled before, or in it: messages may be refused by 507. */
  readonly mayBeFull?: boolean;
  /** From when to when a facade was stopped, and which: meanwhile it can answer nobody, and no deadline of its own passes. */
  readonly facadeFrozen?: readonly (readonly [fromMs: number, toMs: number, facade: number])[];
  /** What else this fault looked at, beyond the requests of the common traffic. */
  readonly checks?: readonly Check[];
  /** What must hold in this window; nothing is promised where a member is absent. */
  readonly bars: Bars;
}

/** What a fault may cost at the most. */
export interface Bars {
  /** How many requests may fail (status neither 2xx nor, for retried messages, in the end). */
  readonly failed?: number;
  readonly slowestPostMs?: number;
  readonly slowestGetMs?: number;
  /** From injectedMs to healedMs nothing can be stored: every POST that starts `graceMs` after the injection must be 503. */
  readonly nothingStored?: { readonly graceMs: number };
  /** How long a request that starts while the fault is there may take to be answered 503. */
  readonly refusedWithinMs?: number;
  /** From this long after the injection, the rate of stored messages is at least half of what it was before it. */
  readonly halfRateWithinMs?: number;
  /** From the second second after injectedMs, p99 of POSTs is at most this many times the p99 before it (or 25 ms more). */
  readonly p99Ratio?: number;
  readonly readyWithinMs?: number;
  /** From this long after the healing, a POST and a GET were answered 2xx. It is looked at when the window ends. */
  readonly servedWithinMs?: number;
}

/** One finding of a fault's own: what should hold, whether it did, and the figures. */
export interface Check {
  readonly what: string;
  readonly held: boolean;
  readonly found: string;
  /** It is about time: a busy machine may miss it. */
  readonly timing?: boolean;
}
