import { setTimeout as pause } from 'node:timers/promises';
import type { ClusterView } from '../shared/cluster-view.ts';
import { waitAtMost } from '../shared/deadline.ts';
import { countLines, lastKey, type ReadRange } from '../shared/message-stream.ts';
import { Problem, reasonOf } from '../shared/problem.ts';
import { createSlots } from '../shared/slots.ts';
import type { Span } from '../shared/tracer.ts';
import { startAttempt } from './attempt.ts';
import type { PooledLogger } from './logger-pool.ts';
import { cutOff, pauseBeforeRound, type Routing } from './rounds.ts';
import type { ReadMessages } from './shared-reads.ts';

interface Options extends Routing {
  readonly readTimeoutMs: number;
}

/** How far a read has come: what the next logger has to be asked for. */
interface Progress {
  range: ReadRange;
  /** When the last chunk was taken, the last logger failed, or the read began, by the clock of performance.now(). */
  sinceMs: number;
  /** How long was waited in all for loggers that failed, or before it began: it counts for the whole read, however many chunks came between. */
  lostMs: number;
  /** How long was waited in all for chunks that came. */
  spentMs: number;
  /** How many times all loggers failed since the last chunk. */
  round: number;
  /** How many times they did in all. */
  rounds: number;
  /** How many messages were handed on. */
  count: number;
  /** Whether a logger was asked for something. */
  isSent: boolean;
  /** How long it gave way to messages that were being stored. */
  gaveWayMs: number;
}

/** A read of more messages than come at this pace within the usual deadline may take as long as they do at it. */
const SLOWEST_MESSAGES_PER_MS = 5;
/**
 * How many reads wait for a logger's chunk at a time; the others wait for their turn, chunk by chunk. All at once, each would be
 * slower than the patience with a logger: begun again and again, and none ever done.
 */
const MAX_FETCHES = 3;
/**
 * How long a read gives way to messages that are being stored, before each chunk but the first, and the part of its deadline
 * that it does so in all. Who stores waits for an answer; who reads much can wait a little for more.
 */
const GIVE_WAY_MS = 20;
const GIVE_WAY_SHARE = 1 / 3;
const LOOK_MS = 2;
/** So much of a read is held back until more has come, or its end: as long as nothing is handed on, it can begin anew. */
const HELD_BYTES = 262_144;

/**
 * Creates the function that reads messages through the loggers. When one fails in the middle, the next goes on from the
 * last key: no gap, no repeat. It throws a Problem (unavailable) if no logger can go on; the signal ends it.
 */
export function createMessageReader(options: Options): ReadMessages {
  const { pool, budget, recovery, log, tracer, countFailover, random } = options;
  const { requestTimeoutMs, outageTimeoutMs, readTimeoutMs } = options;

  const inTurn = createSlots(MAX_FETCHES);

  /** When the read has to be done, by the clock of performance.now(). */
  function deadlineMs({ sinceMs, lostMs, spentMs, count }: Progress): number {
    return sinceMs + Math.max(requestTimeoutMs, count / SLOWEST_MESSAGES_PER_MS) - lostMs - spentMs;
  }

  /** How long the read may still take: less while no logger can be used, as there is nothing to wait for but their return. */
  function leftMs(progress: Progress): number {
    const { sinceMs, lostMs } = progress;
    const nextMs = sinceMs + (pool.isUsable() ? requestTimeoutMs : outageTimeoutMs) - lostMs;
    return Math.min(nextMs, deadlineMs(progress)) - performance.now();
  }

  /**
   * Whose turn comes first: who has begun, so that it gets done before more begin; then who has not; last who has more time left
   * than a new one, being ahead of the slowest pace.
   */
  function rank(progress: Progress): number {
    if (!progress.isSent) return 1;
    return deadlineMs(progress) - performance.now() > requestTimeoutMs ? 2 : 0;
  }

  async function giveWay(progress: Progress): Promise<void> {
    const sinceMs = performance.now();
    const leftMs = Math.min(GIVE_WAY_MS, requestTimeoutMs * GIVE_WAY_SHARE - progress.gaveWayMs);
    while (pool.isStoring() && performance.now() < sinceMs + leftMs) await pause(LOOK_MS);
    progress.gaveWayMs += performance.now() - sinceMs;
  }

  /** Waits for something for as long as the read may still take. */
  const waitFor = <T>(
    promise: Promise<T>,
    progress: Progress,
    signal: AbortSignal,
    atMostMs = Number.POSITIVE_INFINITY,
  ) => waitAtMost(promise, Math.ceil(Math.min(atMostMs, Math.max(leftMs(progress), 0))), signal);

  async function* readFrom(
    logger: PooledLogger,
    progress: Progress,
    signal: AbortSignal,
    span: Span,
    onSent: () => void,
  ): AsyncGenerator<Buffer> {
    const over = new AbortController();
    const readEnds = pool.begins(logger, 'reads');
    let isWhole = false;
    // Longer after each round, for all of the read: where all are slow, to break off the same work again and again would only
    // make them slower.
    const usualMs = readTimeoutMs * 2 ** progress.rounds;
    const patienceMs = pool.patienceMs(logger, usualMs);
    const ended = AbortSignal.any([signal, over.signal]);
    /** Fetches something when its turn has come. */
    async function fetch<T>(begin: () => Promise<T>): Promise<T> {
      let isBegun = false;
      const fetched = inTurn(() => {
        ended.throwIfAborted();
        isBegun = true;
        if (!progress.isSent) onSent();
        progress.isSent = true;
        return waitFor(begin(), progress, ended, patienceMs);
      }, rank(progress));
      try {
        return await waitFor(fetched, progress, signal);
      } catch (error) {
        if (isBegun || signal.aborted) throw error;
        throw new Problem('unavailable', 'Too many messages are being read. Try again later.', { cause: error });
      }
    }
    const settle = (cluster: ClusterView) => waitFor(recovery.settle(logger.client, cluster), progress, signal);
    try {
      const answer = await fetch(() => logger.client.read(progress.range, ended, span));
      if (!(await pool.counts(logger, answer.cluster))) throw cutOff(answer.cluster);
      if (await settle(answer.cluster)) return yield* readFrom(logger, progress, signal, span, onSent);
      const iterator = answer.chunks[Symbol.asyncIterator]();
      const held: Buffer[] = [];
      let heldBytes = 0;
      for (let next = await fetch(() => iterator.next()); !next.done; next = await fetch(() => iterator.next())) {
        await giveWay(progress);
        held.push(next.value);
        heldBytes += next.value.length;
        // Always but the last one, whose end is not known.
        while (heldBytes > HELD_BYTES && held.length > 1) {
          const chunk = held.shift() as Buffer;
          heldBytes -= chunk.length;
          yield* handOn(chunk, progress);
        }
      }
      isWhole = true;
      // A member that was evicted while it was frozen believes for a moment that it is not alone: what it gave may have
      // gaps, which going on from the last key would not fill.
      const cluster = answer.clusterAtEnd();
      if (!(await pool.counts(logger, cluster))) {
        throw progress.count > 0 ? unavailable(cutOff(cluster)) : cutOff(cluster);
      }
      if (await settle(cluster)) {
        if (progress.count > 0) throw unavailable(new Error('messages had to be stored again meanwhile'));
        return yield* readFrom(logger, progress, signal, span, onSent);
      }
      for (const chunk of held) yield* handOn(chunk, progress);
      pool.succeeded(logger, cluster);
    } finally {
      readEnds();
      if (!isWhole) over.abort(); // or its connection could not be used again
    }
  }

  function* handOn(chunk: Buffer, progress: Progress): Generator<Buffer> {
    const { limit } = progress.range;
    const count = countLines(chunk);
    progress.range = { after: lastKey(chunk), ...(limit === undefined ? {} : { limit: limit - count }) };
    progress.round = 0;
    progress.count += count;
    progress.spentMs += performance.now() - progress.sinceMs;
    yield chunk;
    progress.sinceMs = performance.now(); // the reader's own time does not count
  }

  return async function* read(range, signal, { waitedMs = 0, callers = [], onSent = () => {} } = {}) {
    const times = { sinceMs: performance.now(), lostMs: waitedMs, spentMs: 0 };
    const progress: Progress = { range, ...times, round: 0, rounds: 0, count: 0, isSent: false, gaveWayMs: 0 };
    budget.earn(1);
    let lastError: unknown;
    let last: PooledLogger | undefined;
    for (let isRepeat = false; ; progress.rounds++, await pauseBeforeRound(++progress.round, random, signal)) {
      for (const logger of pool.order()) {
        signal.throwIfAborted();
        // Safe to repeat: it only reads, and goes on where the last logger ended.
        if (leftMs(progress) <= 0 || (isRepeat && !budget.spend(1))) break;
        isRepeat = true;
        if (last !== undefined) countFailover(last, 'read');
        last = logger;
        const { span, ids } = startAttempt(tracer, 'read', { logger: logger.client.name, callers });
        let failure: unknown;
        try {
          return yield* readFrom(logger, progress, signal, span, onSent);
        } catch (error) {
          failure = error;
          signal.throwIfAborted();
          if (error instanceof Problem) throw error;
          const nowMs = performance.now();
          progress.lostMs += nowMs - progress.sinceMs;
          progress.sinceMs = nowMs;
          pool.failed(logger);
          log.warn(ids, `${logger.client.name} failed to read: ${reasonOf(error)}`);
          lastError = error;
        } finally {
          span.end({}, failure);
        }
      }
      signal.throwIfAborted();
      if (leftMs(progress) <= 0) throw unavailable(lastError);
    }
  };
}

function unavailable(cause: unknown): Problem {
  return new Problem('unavailable', 'No logger could read the messages. They are not lost by this: try again.', {
    cause,
  });
}
