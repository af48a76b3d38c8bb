import { reasonOf } from '../shared/message/problem.ts';
import type { Log } from '../shared/observing/log.ts';
import { pauseUntil } from '../shared/timing/deadline.ts';
import type { LoggerClient, LoggerHealth } from './logger-client.ts';

const POLL_MS = 500;
const HEALTH_TIMEOUT_MS = 1_000;
/** After a failure a logger is tried last for 2 s, after the next one in a row for 4 s, up to 30 s; then first again, at times. */
const FIRST_AVOID_MS = 2_000;
const MAX_AVOID_MS = 30_000;

/** A logger as the facade knows it. */
export interface PooledLogger {
  readonly client: LoggerClient;
  readonly health: LoggerHealth;
}

interface Entry extends PooledLogger {
  health: LoggerHealth;
  avoidMs: number;
  avoidUntilMs: number;
  /** Attempts to store that it has not answered. */
  stores: number;
  /** Reads that it is at. */
  reads: number;
}

/** The loggers, what is known of each, and in which order to try them. */
export interface LoggerPool {
  readonly loggers: readonly PooledLogger[];
  /** Whether a logger can be used: it is ready, which it is only where its cluster counts. */
  isUsable(): boolean;
  /**
   * The loggers that can be used, in random order: first those that have nothing to do, then those that read, then those that have
   * not answered all attempts to store (as load balancers do by "least requests"), last those that failed lately.
   */
  order(): readonly PooledLogger[];
  /** Notes that an attempt to store, or a read, through a logger begins; call the result when it has ended, however. */
  begins(logger: PooledLogger, what: 'stores' | 'reads'): () => void;
  /** Whether there is an attempt to store that was not answered. */
  isStoring(): boolean;
  /**
   * How long to wait for a logger before another one is tried beside it, where `usualMs` is the usual time: a tenth of it for
   * one that failed and has not answered well since, as long as there is another one that did not fail.
   */
  patienceMs(logger: PooledLogger, usualMs: number): number;
  /** Notes that a logger answered well. */
  succeeded(logger: PooledLogger): void;
  /** Notes that a logger failed or was too slow. */
  failed(logger: PooledLogger): void;
  close(): Promise<void>;
}

interface Options {
  readonly log: Log;
  /** Gives a number from 0 to below 1. */
  readonly random: () => number;
}

/** Opens the pool: from now on it asks each logger for its health twice a second. */
export function openLoggerPool(clients: readonly LoggerClient[], { log, random }: Options): LoggerPool {
  const closing = new AbortController();
  const entries: Entry[] = clients.map((client) => ({
    client,
    health: { ready: false, state: 'not-asked', reason: 'not asked yet' },
    avoidMs: 0,
    avoidUntilMs: 0,
    stores: 0,
    reads: 0,
  }));

  function forgive(entry: Entry): void {
    entry.avoidMs = 0;
    entry.avoidUntilMs = 0;
  }

  async function ask(entry: Entry): Promise<void> {
    let health: LoggerHealth;
    const silent = AbortSignal.timeout(HEALTH_TIMEOUT_MS);
    try {
      health = await entry.client.health(silent);
    } catch (error) {
      health = { ready: false, state: silent.aborted ? 'silent' : 'unreachable', reason: reasonOf(error) };
    }
    if (closing.signal.aborted) return;
    if (health.ready && !entry.health.ready) {
      log.info(`${entry.client.name} is ready`);
      forgive(entry);
    } else if (!health.ready && health.reason !== entry.health.reason) {
      log.warn(`${entry.client.name} is not ready: ${health.reason}`);
    }
    entry.health = health;
  }

  async function keepAsking(entry: Entry): Promise<void> {
    while (!closing.signal.aborted) {
      await ask(entry);
      await pauseUntil([closing.signal], POLL_MS);
    }
  }
  const asking = entries.map(keepAsking);

  const find = (logger: PooledLogger) => entries.find((entry) => entry === logger);
  const isUsable = ({ health }: Entry) => health.ready;
  const isOnProbation = ({ avoidMs }: Entry) => avoidMs > 0;

  const rank = ({ avoidUntilMs, stores, reads }: Entry, now: number) =>
    avoidUntilMs > now ? 3 : stores > 0 ? 2 : reads > 0 ? 1 : 0;

  return {
    loggers: entries,
    isUsable: () => entries.some(isUsable),
    order() {
      const now = performance.now();
      const shuffled = entries.filter(isUsable).map((entry) => ({ entry, key: rank(entry, now) + random() }));
      return shuffled.sort((a, b) => a.key - b.key).map(({ entry }) => entry);
    },
    begins(logger, what) {
      const entry = find(logger);
      if (entry === undefined) return () => {};
      entry[what]++;
      return () => {
        entry[what]--;
      };
    },
    isStoring: () => entries.some(({ stores }) => stores > 0),
    patienceMs(logger, usualMs) {
      const entry = find(logger);
      if (entry === undefined || !isOnProbation(entry)) return usualMs;
      return entries.some((other) => isUsable(other) && !isOnProbation(other)) ? usualMs / 10 : usualMs;
    },
    succeeded(logger) {
      const entry = find(logger);
      if (entry === undefined) return;
      forgive(entry);
      // What it just did says more than a question that it may have had no time to answer.
      const { reason: _, ...health } = entry.health;
      entry.health = { ...health, ready: true, state: 'ready' };
    },
    failed(logger) {
      const entry = find(logger);
      if (entry === undefined) return;
      const now = performance.now();
      // What was under way to it fails as well: that is the same failure, seen again.
      if (entry.avoidUntilMs <= now)
        entry.avoidMs = Math.min(Math.max(2 * entry.avoidMs, FIRST_AVOID_MS), MAX_AVOID_MS);
      entry.avoidUntilMs = now + entry.avoidMs;
    },
    async close() {
      closing.abort();
      await Promise.all(asking);
    },
  };
}
