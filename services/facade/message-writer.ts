import type { Message } from '../shared/message/message.ts';
import { forLog } from '../shared/message/printable.ts';
import { Problem } from '../shared/message/problem.ts';
import type { TraceContext } from '../shared/message/trace.ts';
import { pauseUntil } from '../shared/timing/deadline.ts';
import { createGroupCommit } from './group-commit.ts';
import { hedge } from './hedge.ts';
import { RefusedError } from './logger-client.ts';
import type { WriteMetrics } from './metrics/write-metrics.ts';
import type { WriteWatch } from './page/write-watch.ts';
import {
  createPendingMessages,
  type PendingMessage,
  type Stored,
  type StoreResult,
  type UnderWay,
} from './pending-messages.ts';
import { pauseBeforeRound, type Routing } from './rounds.ts';
import { createStoreAttempt } from './store-attempt.ts';

interface Options extends Routing {
  readonly attemptTimeoutMs: number;
  readonly maxQueuedMessages: number;
  readonly metrics: WriteMetrics;
  /** Told of everything, for those who watch. */
  readonly watch: WriteWatch;
}

/** Stores messages through the loggers. */
export interface MessageWriter {
  /**
   * Stores a message, once, whatever has to be tried for it; the trace is that of its request. Throws a Problem: unavailable if
   * no logger could say in time that it is stored, or if too many wait already; or whatever the loggers refuse it for.
   */
  write(message: Message, trace: TraceContext): Promise<Stored>;
  /** The refusal of a message that comes while too many wait already; undefined while they do not. */
  refusal(): Problem | undefined;
  /** Watches which messages are under way, with UUIDs above one. */
  underWay(after: string): UnderWay;
}

const MAX_BATCHES_IN_FLIGHT = 3;
/** Several times what a batch takes, so that a second one goes out for a slow logger only. */
const BATCH_PATIENCE_MS = 50;
const MAX_BATCH_MESSAGES = 256;
const MAX_BATCH_BYTES = 1_048_576;
/** As many messages of the largest size as may wait would be 262 MB. */
const MAX_QUEUED_BYTES = 64 * 1_048_576;
/** About a quarter of a second's work. */
const MAX_QUEUED_AT_WORK = 500;
/** How soon a batch that waits for a logger to come back, or for the retry budget, looks again. */
const WAIT_MS = 100;

function tooManyWaiting(): Problem {
  return new Problem(
    'unavailable',
    'Too many messages are waiting to be stored; this one was not. Send it again later.',
  );
}

/** Creates the writer of a facade. */
export function createMessageWriter(options: Options): MessageWriter {
  const { pool, budget, log, countFailover, random, metrics, watch } = options;
  const { requestTimeoutMs, outageTimeoutMs, attemptTimeoutMs } = options;
  const { isUsable } = pool;
  const attempt = createStoreAttempt(options);
  const waiting = createPendingMessages({ requestTimeoutMs, outageTimeoutMs, isUsable, log });

  /** Tries the loggers, each at most once. Safe to repeat, and to do side by side: UUIDs and texts stay the same, and entries never change. */
  async function tryRound(batch: readonly PendingMessage[], isRepeat: boolean): Promise<readonly StoreResult[]> {
    const loggers = pool.order();
    const over = new AbortController();
    // All may hang on something that is over by now, an evicted member for example: a new round then is the way on.
    const roundEnds = setTimeout(() => over.abort(), (loggers.length + 1) * attemptTimeoutMs);
    const { signal } = over;
    let begun = 0;
    const tries = loggers.map((logger, index) => ({
      start: () => {
        const previous = loggers[index - 1];
        if (previous !== undefined) countFailover(previous, 'store');
        begun++;
        return attempt(logger, batch, { signal, isRepeat: isRepeat || index > 0 });
      },
      patienceMs: pool.patienceMs(logger, attemptTimeoutMs),
      // Now, not when it fails in the end: the next batch may be about to go there.
      onSlow: () => pool.failed(logger),
    }));
    try {
      return await hedge(tries, () => !signal.aborted && budget.spend(batch.length));
    } finally {
      clearTimeout(roundEnds);
      if (begun > 1) over.abort(); // one alone has ended; an abort makes an error, with its stack, for nobody
    }
  }

  /** Tries until each message of the batch has its outcome; those that wait too long are given theirs from outside. */
  async function storeBatch(batch: readonly PendingMessage[]): Promise<void> {
    let left = batch;
    for (let round = 0; left.length > 0; left = left.filter(({ isSettled }) => !isSettled)) {
      if (!isUsable() || (round > 0 && !budget.spend(left.length))) {
        await pauseUntil([], WAIT_MS);
        continue;
      }
      try {
        const results = await tryRound(left, round > 0);
        for (const [index, pending] of left.entries()) pending.settle(results[index] as StoreResult);
      } catch (error) {
        if (error instanceof RefusedError) return refuse(left, error);
        for (const pending of left) pending.noteError(error);
        await pauseBeforeRound(++round, random);
      }
    }
  }

  /** One message that is refused must not take the others of its batch with it. */
  async function refuse(batch: readonly PendingMessage[], error: RefusedError): Promise<void> {
    if (batch.length > 1) await Promise.all(batch.map((pending) => storeBatch([pending])));
    else batch[0]?.settle(new Problem('malformed', `A logger refused the message: ${error.message}.`));
  }

  const queue = createGroupCommit<PendingMessage>({
    commit: (batch) => {
      metrics.countBatch(batch.length);
      return storeBatch(batch);
    },
    isSettled: ({ isSettled }) => isSettled,
    bytesOf: ({ message }) => Buffer.byteLength(message.msg),
    maxInFlight: MAX_BATCHES_IN_FLIGHT,
    patienceMs: BATCH_PATIENCE_MS,
    maxBatchItems: MAX_BATCH_MESSAGES,
    maxBatchBytes: MAX_BATCH_BYTES,
    maxQueuedItems: options.maxQueuedMessages,
    maxQueuedBytes: MAX_QUEUED_BYTES,
    maxQueuedItemsAtWork: MAX_QUEUED_AT_WORK,
    now: () => performance.now(),
  });
  metrics.watch(queue);

  return {
    underWay: waiting.underWay,
    refusal() {
      if (!queue.isFull()) return undefined;
      const refusal = tooManyWaiting();
      metrics.countOutcome(refusal);
      return refusal;
    },
    async write(message, trace) {
      const { traceId } = trace;
      log.info({ traceId }, `sending message ${forLog(message.msg)} UUID ${message.UUID}`);
      watch.arrived(message);
      budget.earn(1); // when it comes, not when it goes: while batches are stuck, none goes
      const { pending, outcome } = waiting.add(message, trace);
      if (!queue.add(pending)) pending.settle(tooManyWaiting());
      const result = await outcome;
      metrics.countOutcome(result);
      watch.settled(message, result);
      if (result instanceof Problem) throw result;
      if (result.outcome !== 'conflict')
        log.info({ traceId }, `successfully logged the message UUID ${message.UUID} on ${result.logger}`);
      return result;
    },
  };
}
