import { reasonOf } from '../shared/message/problem.ts';
import { traceAttempt } from './attempt.ts';
import { RefusedError } from './logger-client.ts';
import type { PooledLogger } from './logger-pool.ts';
import type { WriteMetrics } from './metrics/write-metrics.ts';
import type { WriteWatch } from './page/write-watch.ts';
import type { PendingMessage, StoreResult } from './pending-messages.ts';
import type { Routing } from './rounds.ts';

interface Options extends Pick<Routing, 'pool' | 'log'> {
  readonly metrics: Pick<WriteMetrics, 'countAttempt'>;
  readonly watch: Pick<WriteWatch, 'attempt'>;
}

interface How {
  readonly signal: AbortSignal;
  /** Whether the same messages were sent to a logger before. */
  readonly isRepeat: boolean;
}

/**
 * Stores a batch through one logger; each message has its result. Throws a RefusedError if the logger refuses the batch, and
 * any other Error if it cannot be said that it is stored.
 */
export type StoreAttempt = (
  logger: PooledLogger,
  batch: readonly PendingMessage[],
  how: How,
) => Promise<readonly StoreResult[]>;

/** Creates the function that makes an attempt, and tells all who follow it: the pool, the log, metrics, traces, the page. */
export function createStoreAttempt({ pool, log, metrics, watch }: Options): StoreAttempt {
  return async (logger, batch, { signal, isRepeat }) => {
    const { client } = logger;
    const what = batch.length === 1 ? `UUID ${batch[0]?.message.UUID}` : `${batch.length} messages`;
    const { trace, ids } = traceAttempt(batch.map((pending) => pending.trace));
    log.info(ids, `trying ${client.url} for ${what}`);
    metrics.countAttempt(client.name, batch.length);
    for (const pending of batch) pending.noteAttempt();
    const endWatch = watch.attempt(client.name, batch);
    const ended = pool.begins(logger, 'stores');
    try {
      const traced = batch.map((pending) => ({ ...pending.message, traceparent: pending.trace.traceparent }));
      const outcomes = await client.store(traced, signal, trace);
      pool.succeeded(logger);
      endWatch?.();
      return outcomes.map((outcome): StoreResult => {
        if (typeof outcome !== 'string') return outcome;
        // After an earlier attempt, "present" may be that one's work: then the message is new to the caller all the same.
        if (outcome === 'present' && isRepeat) return { outcome: 'stored', logger: client.name, isRepeat };
        return { outcome, logger: client.name };
      });
    } catch (error) {
      endWatch?.(reasonOf(error));
      if (error instanceof RefusedError) throw error;
      pool.failed(logger);
      log.warn(ids, `${client.name} failed for ${what}: ${reasonOf(error)}`);
      throw new Error(`${client.name}: ${reasonOf(error)}`, { cause: error });
    } finally {
      ended();
    }
  };
}
