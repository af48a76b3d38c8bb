import type { Logger } from '../events.ts';
import type { LoggerPool } from '../logger-pool.ts';
import type { MapLayout } from './inspector-client.ts';
import type { WriteCounts } from './write-watch.ts';

/** A logger, as the page shows it. */
export interface LoggerStatus {
  readonly name: string;
  readonly url: string;
  readonly state: 'ready' | 'waiting' | 'frozen' | 'gone' | 'not ready';
  readonly reason: string;
  /** How many messages it has stored for this facade. */
  readonly took: number;
}

/** A member, as the page shows it. Numbers are undefined while the map cannot be looked at. */
export interface MemberStatus {
  readonly name: string;
  readonly state: 'up' | 'silent' | 'gone';
  readonly partitions?: number;
  readonly entries?: number;
  readonly backups?: number;
}

/** How the states of a logger are called on the page. */
const STATES: Readonly<Record<string, LoggerStatus['state']>> = {
  ready: 'ready',
  'waiting-for-member': 'waiting',
  silent: 'frozen',
  unreachable: 'gone',
};

/** Says how each logger is. */
export function loggerStatuses(pool: LoggerPool<Logger>, { byLogger }: WriteCounts): readonly LoggerStatus[] {
  return pool.loggers.map((logger) => {
    const { name, url } = logger;
    const { state, reason = '' } = pool.healthOf(logger);
    return { name, url, state: STATES[state] ?? 'not ready', reason, took: byLogger[name] ?? 0 };
  });
}

/**
 * Says how each member of `names` is, and what it has. A member that is in the cluster, but whose logger waits for it, is
 * silent: the others have not given it up yet.
 */
export function memberStatuses(
  names: readonly string[],
  layout: MapLayout | undefined,
  loggers: readonly LoggerStatus[],
): readonly MemberStatus[] {
  return names.map((name) => {
    const index = layout?.members.indexOf(name) ?? -1;
    if (layout === undefined || index === -1) return { name, state: 'gone' };
    const isWaitedFor = loggers.some((logger) => partnerOf(logger.name) === name && logger.state === 'waiting');
    const own = layout.owners.flatMap((owner, partition) => (owner === index ? [layout.entries[partition] ?? 0] : []));
    const state = isWaitedFor ? 'silent' : 'up';
    // A logger that is asked for the first time has not counted anything yet.
    if (layout.entries.length === 0) return { name, state, partitions: own.length };
    const entries = sum(own);
    // With as many copies as other members, each has a copy of all that it does not own.
    const isOnAll = layout.copies === layout.members.length - 1;
    const backups = isOnAll ? { backups: layout.copies === 0 ? 0 : sum(layout.entries) - entries } : {};
    return { name, state, partitions: own.length, entries, ...backups };
  });
}

/** Logger N is bound to member N, where the members have the names that our scripts give them. */
export function partnerOf(logger: string): string {
  return logger.replace(/^logger-/, 'member-');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
