import { waitAtMost } from '../shared/deadline.ts';
import { countLines, type LineChunks, lastKey, type ReadRange } from '../shared/message-stream.ts';
import { Problem, reasonOf } from '../shared/problem.ts';
import type { PooledLogger } from './logger-pool.ts';
import { cutOff, MAX_ROUNDS, pauseBeforeRound, type Routing } from './rounds.ts';

interface Options extends Routing {
  readonly readTimeoutMs: number;
}

/** How far a read has come: what the next logger has to be asked for. */
interface Progress {
  range: ReadRange;
  /** By the clock of performance.now(); moved on by every chunk. */
  deadlineMs: number;
  round: number;
  handedOn: boolean;
}

/**
 * Creates the function that reads messages through the loggers. When one fails in the middle, the next goes on from the
 * last key: no gap, no repeat. It throws a Problem (unavailable) if no logger can go on; the signal ends it.
 */
export function createMessageReader(options: Options): (range: ReadRange, signal: AbortSignal) => LineChunks {
  const { pool, budget, log, random, requestTimeoutMs, readTimeoutMs } = options;

  async function* readFrom(logger: PooledLogger, progress: Progress, signal: AbortSignal): AsyncGenerator<Buffer> {
    const over = new AbortController();
    const within = <T>(promise: Promise<T>) => waitAtMost(promise, readTimeoutMs, signal);
    try {
      const answer = await within(logger.client.read(progress.range, AbortSignal.any([signal, over.signal])));
      if (!(await pool.counts(logger, answer.cluster))) throw cutOff(answer.cluster);
      const iterator = answer.chunks[Symbol.asyncIterator]();
      let held: Buffer | undefined;
      for (let next = await within(iterator.next()); !next.done; next = await within(iterator.next())) {
        if (held !== undefined) yield* handOn(held, progress);
        held = next.value;
      }
      // A member that was evicted while it was frozen believes for a moment that it is not alone: what it gave may have
      // gaps, which going on from the last key would not fill. So the last chunk is held back until this is known: as
      // long as nothing was handed on, another logger can still begin anew.
      const cluster = answer.clusterAtEnd();
      if (!(await pool.counts(logger, cluster))) {
        throw progress.handedOn ? unavailable(cutOff(cluster)) : cutOff(cluster);
      }
      if (held !== undefined) yield* handOn(held, progress);
      pool.succeeded(logger, cluster);
    } finally {
      over.abort();
    }
  }

  function* handOn(chunk: Buffer, progress: Progress): Generator<Buffer> {
    const { limit } = progress.range;
    progress.range = { after: lastKey(chunk), ...(limit === undefined ? {} : { limit: limit - countLines(chunk) }) };
    progress.round = 0;
    progress.handedOn = true;
    yield chunk;
    progress.deadlineMs = performance.now() + requestTimeoutMs; // the reader's own time does not count
  }

  return async function* read(range, signal) {
    const progress: Progress = { range, deadlineMs: performance.now() + requestTimeoutMs, round: 0, handedOn: false };
    budget.earn(1);
    let lastError: unknown;
    for (let tries = 0; progress.round < MAX_ROUNDS; progress.round++) {
      await pauseBeforeRound(progress.round, random, signal);
      for (const logger of pool.order()) {
        signal.throwIfAborted();
        if (performance.now() > progress.deadlineMs || (tries++ > 0 && !budget.spend())) throw unavailable(lastError);
        try {
          return yield* readFrom(logger, progress, signal);
        } catch (error) {
          signal.throwIfAborted();
          if (error instanceof Problem) throw error;
          pool.failed(logger);
          log.warn(`${logger.client.name} failed to read: ${reasonOf(error)}`);
          lastError = error;
        }
      }
    }
    throw unavailable(lastError);
  };
}

function unavailable(cause: unknown): Problem {
  return new Problem('unavailable', 'No logger could read the messages. They are not lost by this: try again.', {
    cause,
  });
}
