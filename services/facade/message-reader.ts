import type { ClusterView } from '../shared/cluster-view.ts';
import { Problem, reasonOf } from '../shared/problem.ts';
import { createSlots } from '../shared/slots.ts';
import type { Span } from '../shared/tracer.ts';
import { startAttempt } from './attempt.ts';
import { createGiveWay, type GiveWay } from './give-way.ts';
import type { PooledLogger } from './logger-pool.ts';
import { createReadProgress, type ReadProgress } from './read-progress.ts';
import { cutOff, pauseBeforeRound, type Routing } from './rounds.ts';
import type { ReadMessages } from './shared-reads.ts';

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
/** So much of a read is held back until more has come, or its end: as long as nothing is handed on, it can begin anew. */
const HELD_BYTES = 262_144;

/**
 * Creates the function that reads messages through the loggers. When one fails in the middle, the next goes on from the
 * last key: no gap, no repeat. It throws a Problem (unavailable) if no logger can go on; the signal ends it.
 */
export function createMessageReader(options: Options): ReadMessages {
  const { pool, budget, recovery, log, tracer, countFailover, random, requestTimeoutMs, readTimeoutMs } = options;
  const { isUsable, isStoring } = pool;

  const inTurn = createSlots(MAX_FETCHES);

  async function* readFrom(logger: PooledLogger, reading: Reading, span: Span): AsyncGenerator<Buffer> {
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
    const settle = (cluster: ClusterView) => progress.waitFor(recovery.settle(logger.client, cluster), signal);
    try {
      const answer = await fetch(() => logger.client.read(progress.range(), ended, span));
      if (!(await pool.counts(logger, answer.cluster))) throw cutOff(answer.cluster);
      if (await settle(answer.cluster)) return yield* readFrom(logger, reading, span);
      const iterator = answer.chunks[Symbol.asyncIterator]();
      const held: Buffer[] = [];
      let heldBytes = 0;
      const fetchChunk = () =>
        fetch(async () => {
          if (held.length > 0 || progress.hasBegun()) await giveWay();
          return iterator.next();
        });
      for (let next = await fetchChunk(); !next.done; next = await fetchChunk()) {
        held.push(next.value);
        heldBytes += next.value.length;
        // Always but the last one, whose end is not known.
        while (heldBytes > HELD_BYTES && held.length > 1) {
          const chunk = held.shift() as Buffer;
          heldBytes -= chunk.length;
          yield* progress.handOn(chunk);
        }
      }
      isWhole = true;
      // A member that was evicted while it was frozen believes for a moment that it is not alone: what it gave may have
      // gaps, which going on from the last key would not fill.
      const cluster = answer.clusterAtEnd();
      if (!(await pool.counts(logger, cluster))) {
        throw progress.hasBegun() ? unavailable(cutOff(cluster)) : cutOff(cluster);
      }
      if (await settle(cluster)) {
        if (progress.hasBegun()) throw unavailable(new Error('messages had to be stored again meanwhile'));
        return yield* readFrom(logger, reading, span);
      }
      for (const chunk of held) yield* progress.handOn(chunk);
      pool.succeeded(logger, cluster);
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
        const { span, ids } = startAttempt(tracer, 'read', { logger: logger.client.name, callers });
        let failure: unknown;
        try {
          return yield* readFrom(logger, reading, span);
        } catch (error) {
          failure = error;
          signal.throwIfAborted();
          if (error instanceof Problem) throw error;
          progress.failed();
          pool.failed(logger);
          log.warn(ids, `${logger.client.name} failed to read: ${reasonOf(error)}`);
          lastError = error;
        } finally {
          span.end({}, failure);
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
