import type { Message } from '../shared/message.ts';
import { forLog } from '../shared/printable.ts';
import { Problem, reasonOf } from '../shared/problem.ts';
import { createGroupCommit } from './group-commit.ts';
import { hedge } from './hedge.ts';
import { type Outcome, RefusedError } from './logger-client.ts';
import type { PooledLogger } from './logger-pool.ts';
import { cutOff, MAX_ROUNDS, pauseBeforeRound, type Routing } from './rounds.ts';

interface Options extends Routing {
  readonly attemptTimeoutMs: number;
  readonly maxQueuedMessages: number;
}

/** Where a message was stored, and whether it was there before. */
export interface Stored {
  readonly outcome: Outcome;
  readonly logger: string;
}

interface Pending {
  readonly message: Message;
  /** By the clock of performance.now(). */
  readonly deadlineMs: number;
}

interface Attempt {
  readonly signal: AbortSignal;
  /** Whether the same messages were sent to a logger before. */
  readonly isRepeat: boolean;
}

/** What a batch or one of its messages came to. */
type Result = Stored | Problem;

const MAX_BATCHES_IN_FLIGHT = 3;
const MAX_BATCH_MESSAGES = 256;
const MAX_BATCH_BYTES = 1_048_576;
/** 10,000 messages of the largest size would be 640 MB. */
const MAX_QUEUED_BYTES = 64 * 1_048_576;
/** A message that waited until so little time is left is not sent out any more: nobody would wait for its answer. */
const LEAST_TIME_MS = 500;

/**
 * Creates the function that stores a message through one of the loggers. It throws a Problem: unavailable if no logger
 * could say that it is stored; or whatever the loggers refuse it for.
 */
export function createMessageWriter(options: Options): (message: Message) => Promise<Stored> {
  const { pool, budget, log, random, requestTimeoutMs, attemptTimeoutMs, maxQueuedMessages } = options;

  async function attempt(logger: PooledLogger, messages: readonly Message[], how: Attempt): Promise<Result[]> {
    const { client } = logger;
    const { signal, isRepeat } = how;
    const what = messages.length === 1 ? `UUID ${messages[0]?.UUID}` : `${messages.length} messages`;
    log.info(`trying ${client.url} for ${what}`);
    try {
      const { outcomes, cluster } = await client.store(messages, signal);
      if (!(await pool.counts(logger, cluster))) throw cutOff(cluster);
      pool.succeeded(logger, cluster);
      // After an earlier attempt, "present" may be that one's work: then the message is new to the caller all the same.
      return outcomes.map((outcome) => ({
        outcome: outcome === 'present' && isRepeat ? 'stored' : outcome,
        logger: client.name,
      }));
    } catch (error) {
      if (error instanceof RefusedError) {
        if (messages.length === 1)
          return [new Problem('malformed', `${client.name} refused the message: ${error.message}.`)];
        throw error;
      }
      pool.failed(logger);
      log.warn(`${client.name} failed for ${what}: ${reasonOf(error)}`);
      throw new Error(`${client.name}: ${reasonOf(error)}`, { cause: error });
    }
  }

  /** Tries the loggers in rounds. Safe to repeat, and to do side by side: UUIDs and texts stay the same, and entries never change. */
  async function storeBatch(messages: readonly Message[], timeoutMs: number): Promise<readonly Result[]> {
    const deadline = AbortSignal.timeout(timeoutMs);
    let lastError: unknown;
    let attempts = 0;
    for (let round = 0; round < MAX_ROUNDS && !deadline.aborted; round++) {
      await pauseBeforeRound(round, random, deadline);
      if (round > 0 && !budget.spend()) break;
      const over = new AbortController();
      const loggers = pool.order();
      // All may hang on something that is over by now, an evicted member for example: a new round then is the way on.
      const roundEnds = AbortSignal.timeout((loggers.length + 1) * attemptTimeoutMs);
      const signal = AbortSignal.any([deadline, roundEnds, over.signal]);
      try {
        const tries = loggers.map((logger) => () => attempt(logger, messages, { signal, isRepeat: attempts++ > 0 }));
        return await hedge(tries, {
          patienceMs: attemptTimeoutMs,
          mayStart: () => !signal.aborted && budget.spend(),
        });
      } catch (error) {
        lastError = error;
        if (error instanceof RefusedError) break;
      } finally {
        over.abort();
      }
    }
    if (lastError instanceof RefusedError) return storeSingly(messages, timeoutMs);
    const detail =
      'No logger could say that the message is stored; it may be. Send it again with the same UUID: it is stored once.';
    log.error(
      `could not log ${messages.length} ${messages.length === 1 ? 'message' : 'messages'}: ${reasonOf(lastError)}`,
    );
    return messages.map(({ UUID }) => new Problem('unavailable', detail, { cause: lastError, members: { UUID } }));
  }

  /** One message that is refused must not take the others of its batch with it. */
  async function storeSingly(messages: readonly Message[], timeoutMs: number): Promise<readonly Result[]> {
    return (await Promise.all(messages.map((message) => storeBatch([message], timeoutMs)))).flat();
  }

  async function commit(batch: readonly Pending[]): Promise<readonly Result[]> {
    budget.earn(batch.length);
    const latest = performance.now() + LEAST_TIME_MS;
    const inTime = batch.filter(({ deadlineMs }) => deadlineMs >= latest);
    const timeoutMs = Math.min(...inTime.map(({ deadlineMs }) => deadlineMs)) - performance.now();
    const messages = inTime.map(({ message }) => message);
    const results = messages.length === 0 ? [] : await storeBatch(messages, Math.ceil(timeoutMs));
    const byPending = new Map(inTime.map((pending, index) => [pending, results[index]]));
    const tooLate = () => new Problem('unavailable', 'The message waited too long, and was not stored.');
    return batch.map((pending) => byPending.get(pending) ?? tooLate());
  }

  const submit = createGroupCommit<Pending, Result>({
    commit,
    bytesOf: ({ message }) => message.msg.length,
    maxInFlight: MAX_BATCHES_IN_FLIGHT,
    maxBatchItems: MAX_BATCH_MESSAGES,
    maxBatchBytes: MAX_BATCH_BYTES,
    maxQueuedItems: maxQueuedMessages,
    maxQueuedBytes: MAX_QUEUED_BYTES,
  });

  return async (message) => {
    log.info(`sending message ${forLog(message.msg)} UUID ${message.UUID}`);
    const result = await submit({ message, deadlineMs: performance.now() + requestTimeoutMs });
    if (result instanceof Problem) throw result;
    if (result.outcome !== 'conflict')
      log.info(`successfully logged the message UUID ${message.UUID} on ${result.logger}`);
    return result;
  };
}
