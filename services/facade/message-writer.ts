import type { Message } from '../shared/message/message.ts';
import { Problem } from '../shared/message/problem.ts';
import type { TraceContext } from '../shared/message/trace.ts';
import type { Stored } from './events.ts';
import { createGroupCommit, type GroupCommit } from './group-commit.ts';
import { createBatchSender, type PendingMessage } from './send-batch.ts';

/**
 * Stores a message, once, whatever has to be tried for it; the trace is that of its request. Throws a Problem: unavailable if
 * no logger could say in time that it is stored, or if too many wait already; or whatever the loggers refuse it for.
 */
export type Write = (message: Message, trace: TraceContext) => Promise<Stored>;

/** Stores messages through the loggers. */
export interface MessageWriter {
  readonly write: Write;
  /** The refusal of a message that comes while too many wait already; undefined while they do not. */
  refusal(): Problem | undefined;
  /** How much there is to do now. */
  readonly load: GroupCommit<unknown>['load'];
}

interface Options extends Readonly<Parameters<typeof createBatchSender>[0]> {
  readonly maxQueuedMessages: number;
  /** The longest that a message may take in all. */
  readonly requestTimeoutMs: number;
  /** The longest while no logger can be used at all: then only their return would help. */
  readonly outageTimeoutMs: number;
}

interface WaitingMessage extends PendingMessage {
  isAnswered: boolean;
  readonly arrivedMs: number;
}

/** Several times what a batch takes, so that a second one goes out for a slow logger only. */
const BATCH_PATIENCE_MS = 50;
const MAX_BATCHES_IN_FLIGHT = 3;
const MAX_BATCH_MESSAGES = 256;
const MAX_BATCH_BYTES = 1_048_576;
/** Without it, the messages that may wait could be 262 MB, if each had the largest size. */
const MAX_QUEUED_BYTES = 64 * 1_048_576;
/** About a quarter of a second's work. */
const MAX_QUEUED_AT_WORK = 500;
const SWEEP_MS = 100;

/** Creates the writer of a facade. */
export function createMessageWriter(options: Options): MessageWriter {
  const { pool, events, requestTimeoutMs, outageTimeoutMs } = options;
  const sendBatch = createBatchSender(options);
  /** In the order of their arrival, so the oldest come first. */
  const waiting = new Set<WaitingMessage>();
  let sweeping: NodeJS.Timeout | undefined;

  const queue = createGroupCommit<PendingMessage>({
    commit(batch) {
      events.emit('batchSent', batch);
      return sendBatch(batch);
    },
    isAnswered: ({ isAnswered }) => isAnswered,
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

  /** Ends messages that have waited too long, whether in the queue, in a batch, or for a logger: each caller is answered in time. */
  function sweep(): void {
    const mostMs = pool.isUsable() ? requestTimeoutMs : Math.min(outageTimeoutMs, requestTimeoutMs);
    const late = [...waiting].filter(({ arrivedMs }) => arrivedMs <= performance.now() - mostMs);
    for (const pending of late) pending.answer(notStored(pending));
    if (late.length > 0) events.emit('timedOut', late, late.findLast(({ lastError }) => lastError)?.lastError);
    if (waiting.size > 0) return;
    clearInterval(sweeping);
    sweeping = undefined;
  }

  return {
    load: queue.load,
    refusal() {
      if (!queue.isFull()) return undefined;
      const refusal = tooManyWaiting();
      events.emit('refused', refusal);
      return refusal;
    },
    write: (message, trace) =>
      new Promise((resolve, reject) => {
        const pending: WaitingMessage = {
          message,
          trace,
          arrivedMs: performance.now(),
          isAnswered: false,
          isTried: false,
          lastError: undefined,
          answer(result) {
            if (!waiting.delete(pending)) return;
            pending.isAnswered = true;
            events.emit('answered', pending, result);
            if (result instanceof Problem) reject(result);
            else resolve(result);
          },
        };
        waiting.add(pending);
        sweeping ??= setInterval(sweep, SWEEP_MS).unref();
        events.emit('arrived', pending);
        if (!queue.add(pending)) pending.answer(tooManyWaiting());
      }),
  };
}

function tooManyWaiting(): Problem {
  return new Problem(
    'unavailable',
    'Too many messages are waiting to be stored; this request stored nothing. Send it again later, with the same UUID.',
  );
}

function notStored({ message: { UUID }, isTried, lastError: cause }: PendingMessage): Problem {
  const detail = isTried
    ? 'No logger could say that the message is stored; it may be. Send it again with the same UUID: it is stored once.'
    : 'No logger could be used; this request stored nothing. Send it again later, with the same UUID.';
  return new Problem('unavailable', detail, { cause, members: { UUID } });
}
