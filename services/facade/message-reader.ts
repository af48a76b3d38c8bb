import { Problem, reasonOf } from '../shared/message/problem.ts';
import type { TraceContext } from '../shared/message/trace.ts';
import { createSlots } from '../shared/timing/slots.ts';
import { traceAttempt } from './attempt.ts';
import { createGiveWay, type GiveWay } from './give-way.ts';
import type { PooledLogger } from './logger-pool.ts';
import { createReadProgress, type ReadProgress } from './read-progress.ts';
import { pauseBeforeRound, type Routing } from './rounds.ts';
import type { ReadMessages } from './sharing/shared-reads.ts';

interface Options extends Routing {
  readonly readTimeoutMs: number;
}

/** One read, from its first logger to its last. */
interface Reading {
  readonly progress: ReadProgress;
  readonly giveWay: GiveWay;
  readonly signal: AbortSignal;
  /**
   * How often all loggers that could be tried failed: the patience with each is twice as long after each round, for all of the read. Where all
   * are slow, to break off the same work again and again would only make them slower.
   */
  rounds: number;
}

/**
 * How many reads wait for a logger's chunk at a time; the others wait for their turn, chunk by chunk. All at once, each would be
 * slower than the patience with a logger: begun again and again, and none ever done.
 */
const MAX_FETCHES = 3;

/**
 * Creates the function that reads messages through the loggers. When one fails in the middle, the next goes on from the
 * last key: no gap, no repeat. It throws a Problem (unavailable) if no logger can go on; the signal ends it.
 */
export function createMessageReader(options: Options): ReadMessages {
  const { pool, budget, log, countFailover, random, requestTimeoutMs, readTimeoutMs } = options;
  const { isUsable, isStoring } = pool;

  const inTurn = createSlots(MAX_FETCHES);

  async function* readFrom(logger: PooledLogger, reading: Reading, trace: TraceContext): AsyncGenerator<Buffer> {
    const { progress, giveWay, signal, rounds } = reading;
    const over = new AbortController();
    const readEnds = pool.begins(logger, 'reads');
    let isWhole = false;
    const patienceMs = pool.patienceMs(logger, readTimeoutMs * 2 ** rounds);
    const ended = AbortSignal.any([signal, over.signal]);
    /** Fetches something when its turn has come. */
    async function fetch<T>(begin: () => Promise<T>): Promise<T> {
      let isBegun = false;
      const fetched = inTurn(() => {
        ended.throwIfAborted();
        isBegun = true;
        progress.sent();
        return progress.waitFor(begin(), ended, patienceMs);
      }, progress.rank());
      try {
        return await progress.waitFor(fetched, signal);
      } catch (error) {
        if (isBegun || signal.aborted) throw error;
        throw new Problem('unavailable', 'Too many messages are being read. Try again later.', { cause: error });
      }
    }
    try {
      const chunks = await fetch(() => logger.client.read(progress.range(), ended, trace));
      const iterator = chunks[Symbol.asyncIterator]();
      const fetchChunk = () =>
        fetch(async () => {
          if (progress.hasBegun()) await giveWay();
          return iterator.next();
        });
      // What a logger sends, it has confirmed: so the next one can go on behind it.
      for (let next = await fetchChunk(); !next.done; next = await fetchChunk()) yield* progress.handOn(next.value);
      isWhole = true;
      pool.succeeded(logger);
    } finally {
      readEnds();
      if (!isWhole) over.abort(); // or its connection could not be used again
    }
  }

  return async function* read(range, signal, { waitedMs = 0, callers = [], onSent = () => {} } = {}) {
    const progress = createReadProgress(range, { ...options, isUsable, waitedMs, onSent });
    const giveWay = createGiveWay(isStoring, requestTimeoutMs);
    const reading: Reading = { progress, giveWay, signal, rounds: 0 };
    budget.earn(1);
    let lastError: unknown;
    let last: PooledLogger | undefined;
    for (let isRepeat = false, pauses = 0; ; await pauseBeforeRound(++pauses, random, signal)) {
      let hasTried = false;
      for (const logger of pool.order()) {
        signal.throwIfAborted();
        // Safe to repeat: it only reads, and goes on where the last logger ended.
        if (progress.leftMs() <= 0 || (isRepeat && !budget.spend(1))) break;
        isRepeat = true;
        hasTried = true;
        if (last !== undefined) countFailover(last, 'read');
        last = logger;
        const { trace, ids } = traceAttempt(callers);
        try {
          return yield* readFrom(logger, reading, trace);
        } catch (error) {
          signal.throwIfAborted();
          if (error instanceof Problem) throw error;
          progress.failed();
          pool.failed(logger);
          log.warn(ids, `${logger.client.name} failed to read: ${reasonOf(error)}`);
          lastError = error;
        }
      }
      if (hasTried) reading.rounds++;
      signal.throwIfAborted();
      if (progress.leftMs() <= 0) throw unavailable(lastError);
    }
  };
}

function unavailable(cause: unknown): Problem {
  return new Problem('unavailable', 'No logger could read the messages. They are not lost by this: try again.', {
    cause,
  });
}
