import { Problem, reasonOf } from '../shared/message/problem.ts';
import { beginTrace } from '../shared/message/trace.ts';
import type { Logger, StoreResult, Submission } from './events.ts';
import type { Routing } from './logger-pool.ts';
import { RefusedError, type Store } from './store-client.ts';

/** A message whose caller waits for its outcome. */
export interface PendingMessage extends Submission {
  readonly isAnswered: boolean;
  /** Whether it was sent to a logger: then it may be stored, whatever the answer is. */
  isTried: boolean;
  /** Why the last round failed: what the caller is told if no outcome comes. */
  lastError: unknown;
  /** Tells the caller; only the first outcome counts. */
  answer(result: StoreResult): void;
}

interface StoringLogger extends Logger {
  readonly store: Store;
}

interface Options extends Routing<StoringLogger> {
  /** How long a logger has before another one is tried beside it. */
  readonly attemptTimeoutMs: number;
}

type Batch = readonly PendingMessage[];
type Results = readonly StoreResult[];

/** The pause after a round in which all loggers failed, and before it is looked again for one that can be used. */
const PAUSE_MS = 100;

/**
 * Creates the function that stores a batch: it tries the loggers, in rounds, until each message has its outcome; those that
 * wait too long are given theirs from outside.
 */
export function createBatchSender(options: Options): (batch: Batch) => Promise<void> {
  const { pool, events, mayRetry, attemptTimeoutMs } = options;

  async function sendBatch(batch: Batch, wasTried = false): Promise<void> {
    let left = batch;
    for (let isRepeat = wasTried; left.length > 0; left = left.filter(({ isAnswered }) => !isAnswered)) {
      if (pool.isUsable() && (!isRepeat || mayRetry(left.length))) {
        try {
          const results = await tryLoggers(left, isRepeat);
          for (const [index, result] of results.entries()) left[index]?.answer(result);
          continue;
        } catch (error) {
          const why = whyNone(error, pool.order().length);
          if (why instanceof RefusedError) return refuse(left, why, isRepeat);
          if (why !== undefined) {
            for (const pending of left) pending.answer(isRepeat ? noRoomNow(why) : why);
            continue;
          }
          const lastError = error instanceof AggregateError ? error.errors.at(-1) : error;
          for (const pending of left) pending.lastError = lastError;
          isRepeat = true;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  /** One message that is refused must not take the others of its batch with it. */
  async function refuse(batch: Batch, { message }: RefusedError, isRepeat: boolean): Promise<void> {
    if (batch.length > 1) await Promise.all(batch.map((pending) => sendBatch([pending], isRepeat)));
    else batch[0]?.answer(new Problem('malformed', `The loggers refused the message: ${message}.`));
  }

  /**
   * Tries each logger once, the next one when the latest failed or is slow. Slow ones go on beside it, and the first answer
   * counts: hedged requests ("The Tail at Scale", Dean and Barroso, 2013). Safe to repeat, and to do side by side: UUIDs and
   * texts stay the same, and entries never change.
   */
  async function tryLoggers(batch: Batch, isRepeat: boolean): Promise<Results> {
    const loggers = pool.order();
    const over = new AbortController();
    // All attempts may hang on something that is over, an evicted member for example. A new round then helps.
    const roundEnds = setTimeout(() => over.abort(), (loggers.length + 1) * attemptTimeoutMs);
    const answers: Promise<Results>[] = [];
    /** Whether the latest said that it stored nothing: it had no work, and to ask the next one makes no outage worse. */
    let wasRefused = false;
    try {
      for (const [index, logger] of loggers.entries()) {
        const previous = loggers[index - 1];
        if (previous !== undefined) {
          if (!wasRefused && !mayRetry(batch.length)) break;
          events.emit('failedOver', previous, 'store');
        }
        const answer = attempt(logger, batch, {
          signal: over.signal,
          isRepeat: () => isRepeat || answers.length > 1,
        });
        answers.push(answer);
        wasRefused = false;
        answer.catch(({ cause }: Error) => {
          if (answers.at(-1) === answer) wasRefused = isRefusal(cause);
        });
        let timer: NodeJS.Timeout | undefined;
        const slow = new Promise<null>((resolve) => {
          timer = setTimeout(resolve, pool.patienceMs(logger, attemptTimeoutMs), null);
        });
        const first = await Promise.race([Promise.any(answers), answer, slow]).catch(() => null);
        clearTimeout(timer);
        if (first !== null) return first; // else the latest one failed, or is slow
      }
      return await Promise.any(answers);
    } finally {
      clearTimeout(roundEnds);
      if (answers.length > 1) over.abort(); // a single attempt has ended by itself; aborting it would only make an error that nobody reads
    }
  }

  /** Sends a batch to one logger; rejects if it cannot be said that it is stored. */
  async function attempt(
    logger: StoringLogger,
    batch: Batch,
    { signal, isRepeat }: { readonly signal: AbortSignal; readonly isRepeat: () => boolean },
  ): Promise<Results> {
    const [first] = batch;
    const trace = first !== undefined && batch.length === 1 ? first.trace : beginTrace();
    const told = { logger, batch, trace };
    events.emit('attemptBegun', told);
    for (const pending of batch) pending.isTried = true;
    const ended = pool.begins(logger, 'stores');
    const slowMs = performance.now() + pool.patienceMs(logger, attemptTimeoutMs);
    try {
      const messages = batch.map(({ message, trace: { traceparent } }) => ({ ...message, traceparent }));
      const outcomes = await logger.store(messages, signal, trace);
      pool.succeeded(logger);
      events.emit('attemptEnded', told);
      return outcomes.map((outcome): StoreResult => {
        if (outcome instanceof Problem) return isRepeat() ? noRoomNow(outcome) : outcome;
        // Beside or after another attempt, "present" may be that one's work: then the message is new to the caller all the same.
        if (outcome === 'present' && isRepeat()) return { outcome: 'stored', logger: logger.name, isRepeat: true };
        return { outcome, logger: logger.name };
      });
    } catch (error) {
      // Another attempt was faster, before this logger could be called slow.
      const isCutShort = signal.aborted && performance.now() < slowMs;
      if (isCutShort) events.emit('attemptEnded', told);
      else {
        events.emit('attemptFailed', told, error);
        pool.failed(logger);
      }
      throw new Error(`${logger.name}: ${reasonOf(error)}`, { cause: error });
    } finally {
      ended();
    }
  }

  return sendBatch;
}

/** Whether a logger said that it refuses a batch, or that its disk is full: it stored nothing of it. */
function isRefusal(cause: unknown): cause is Problem | RefusedError {
  return cause instanceof RefusedError || (cause instanceof Problem && cause.code === 'insufficient-storage');
}

/** What all loggers said that there are, if to wait would not help: that their disks are full, or that they refuse the batch. */
function whyNone(error: unknown, loggers: number): Problem | RefusedError | undefined {
  const causes = error instanceof AggregateError ? error.errors.map(({ cause }) => cause) : [];
  const [first] = causes;
  if (causes.length < loggers) return undefined;
  const areAlike = causes.every((cause) => isRefusal(cause) && cause.constructor === first.constructor);
  return areAlike ? first : undefined;
}

/** What is said of a message for which there is no room, and which an attempt before, or beside, may have stored. */
function noRoomNow(cause: Problem): Problem {
  return new Problem(
    'unavailable',
    'There is no room for the message, but another attempt may have stored it. Send it again with the same UUID: it is stored once.',
    { cause },
  );
}
