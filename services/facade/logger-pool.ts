import type { Events, Logger } from './events.ts';

/** How a logger is, for programs: as it says (the first two lines), or as the facade finds it. */
export type LoggerState =
  | ('ready' | 'waiting-for-member' | 'no-quorum' | 'ending')
  | ('replaying' | 'foreign-data' | 'disk-failed')
  | ('not-ready' | 'not-asked' | 'silent' | 'unreachable');

/** What is known of a logger. */
export interface LoggerHealth {
  readonly ready: boolean;
  readonly state: LoggerState;
  readonly reason?: string;
  readonly member?: string;
  /** What it keeps on disk; absent if it keeps nothing. */
  readonly disk?: { readonly bytes: number; readonly messages: number };
  /** How many members its cluster has, and which. */
  readonly cluster?: { readonly size: number; readonly members: readonly string[] };
}

interface Entry<L> {
  readonly logger: L;
  health: LoggerHealth;
  avoidMs: number;
  avoidUntilMs: number;
  /** Attempts to store that it has not answered. */
  stores: number;
  /** Reads that it is at. */
  reads: number;
}

/** The loggers, what is known of each, and in which order to try them. */
export interface LoggerPool<L extends Logger> {
  readonly loggers: readonly L[];
  healthOf(logger: L): LoggerHealth;
  setHealth(logger: L, health: LoggerHealth): void;
  /** Whether a logger can be used: it is ready, which it is only where its cluster counts. */
  isUsable(): boolean;
  /**
   * The loggers that can be used, in random order: first those that have nothing to do, then those that read, then those that have
   * not answered all attempts to store (as load balancers do by "least requests"), last those that failed lately.
   */
  order(): readonly L[];
  /** Whether there is an attempt to store that was not answered. */
  isStoring(): boolean;
  /** Notes that an attempt to store, or a read, through a logger begins. Call the result when it ends, well or not. */
  begins(logger: L, what: 'stores' | 'reads'): () => void;
  /**
   * How long to wait for a logger before another one is tried beside it: `usualMs`, or a tenth of it if its last answer was a failure
   * and another logger's was not.
   */
  patienceMs(logger: L, usualMs: number): number;
  /** Notes that a logger answered well. */
  succeeded(logger: L): void;
  /** Notes that a logger failed or was too slow. */
  failed(logger: L): void;
}

/** What it takes to call loggers, one after the other. */
export interface Routing<L extends Logger> {
  readonly pool: LoggerPool<L>;
  readonly events: Events;
  /** Takes the retries of so many requests out of the budget; false if nothing is left of it. */
  readonly mayRetry: (requests: number) => boolean;
}

/** After a failure a logger is tried last for 2 s, after the next one in a row for 4 s, up to 30 s; then its turn comes again. */
const FIRST_AVOID_MS = 2_000;
const MAX_AVOID_MS = 30_000;

/** Creates the pool; `random` gives a number from 0 to below 1. */
export function createLoggerPool<L extends Logger>(loggers: readonly L[], random: () => number): LoggerPool<L> {
  const health: LoggerHealth = { ready: false, state: 'not-asked', reason: 'not asked yet' };
  const entries = loggers.map(
    (logger): Entry<L> => ({ logger, health, avoidMs: 0, avoidUntilMs: 0, stores: 0, reads: 0 }),
  );

  function entryOf({ name }: L): Entry<L> {
    const entry = entries.find(({ logger }) => logger.name === name);
    if (entry === undefined) throw new Error(`${name} is not in the pool`);
    return entry;
  }

  function forgive(entry: Entry<L>): void {
    entry.avoidMs = 0;
    entry.avoidUntilMs = 0;
  }

  const rank = ({ avoidUntilMs, stores, reads }: Entry<L>, now: number) =>
    avoidUntilMs > now ? 3 : stores > 0 ? 2 : reads > 0 ? 1 : 0;

  return {
    loggers,
    healthOf: (logger) => entryOf(logger).health,
    setHealth(logger, health) {
      const entry = entryOf(logger);
      if (health.ready && !entry.health.ready) forgive(entry);
      entry.health = health;
    },
    isUsable: () => entries.some(({ health }) => health.ready),
    order() {
      const now = performance.now();
      const usable = entries.filter(({ health }) => health.ready);
      const keyed = usable.map((entry) => ({ logger: entry.logger, key: rank(entry, now) + random() }));
      return keyed.sort((a, b) => a.key - b.key).map(({ logger }) => logger);
    },
    isStoring: () => entries.some(({ stores }) => stores > 0),
    begins(logger, what) {
      const entry = entryOf(logger);
      entry[what]++;
      return () => {
        entry[what]--;
      };
    },
    patienceMs(logger, usualMs) {
      const hasBetter = entries.some(({ health, avoidMs }) => health.ready && avoidMs === 0);
      return entryOf(logger).avoidMs > 0 && hasBetter ? usualMs / 10 : usualMs;
    },
    succeeded(logger) {
      const entry = entryOf(logger);
      forgive(entry);
      // A success says more than a health check that the logger may have had no time to answer.
      const { reason: _, ...health } = entry.health;
      entry.health = { ...health, ready: true, state: 'ready' };
    },
    failed(logger) {
      const entry = entryOf(logger);
      const now = performance.now();
      // Other attempts that were under way to it fail as well: that is the same failure, counted once.
      if (entry.avoidUntilMs <= now)
        entry.avoidMs = Math.min(Math.max(2 * entry.avoidMs, FIRST_AVOID_MS), MAX_AVOID_MS);
      entry.avoidUntilMs = now + entry.avoidMs;
    },
  };
}
