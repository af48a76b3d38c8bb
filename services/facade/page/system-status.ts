import type { Logger } from '../events.ts';
import type { LoggerPool } from '../logger-pool.ts';
import type { MapLayout } from './inspector.ts';
import type { WriteCounts } from './write-watch.ts';

/** A logger, as the page shows it. */
export interface LoggerStatus {
  readonly name: string;
  readonly state: 'ready' | 'waiting' | 'frozen' | 'gone' | 'not ready';
  readonly reason: string;
  /** The name of its member; undefined if that is not known. */
  readonly member: string | undefined;
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

/** The addresses of all members that there can be, by name. A member without a name has its address for one. */
export type MemberAddresses = ReadonlyMap<string, string>;

/** How the states of a logger are called on the page. */
const STATES: Readonly<Record<string, LoggerStatus['state']>> = {
  ready: 'ready',
  'waiting-for-member': 'waiting',
  silent: 'frozen',
  unreachable: 'gone',
};

/** Says how each logger is, and which member is its own: the one it tells; else logger N's is the N-th. */
export function loggerStatuses(
  pool: LoggerPool<Logger>,
  { byLogger }: WriteCounts,
  addresses: MemberAddresses,
): readonly LoggerStatus[] {
  const names = namesOf(addresses);
  return pool.loggers.map((logger, index) => {
    const { name } = logger;
    const { state, reason = '', member: address } = pool.healthOf(logger);
    const member = names.find((one) => addresses.get(one) === address) ?? names[index];
    return { name, state: STATES[state] ?? 'not ready', reason, member, took: byLogger[name] ?? 0 };
  });
}

interface Options {
  readonly addresses: MemberAddresses;
  readonly layout: MapLayout | undefined;
  readonly loggers: readonly LoggerStatus[];
  /** All members that were seen; those that come are added. */
  readonly seen: Set<string>;
}

/**
 * Says how each member is that is configured by a name, or was seen, and what it has. A member that is in the cluster, but whose
 * logger waits for it, is silent: the others have not given it up yet.
 */
export function memberStatuses({ addresses, layout, loggers, seen }: Options): readonly MemberStatus[] {
  for (const name of layout?.members ?? []) seen.add(name);
  return [...new Set([...namesOf(addresses), ...[...seen].sort()])].map((name) => {
    const index = layout?.members.indexOf(name) ?? -1;
    if (layout === undefined || index === -1) return { name, state: 'gone' };
    const isWaitedFor = loggers.some(({ member, state }) => member === name && state === 'waiting');
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

function namesOf(addresses: MemberAddresses): readonly string[] {
  return [...addresses].flatMap(([name, address]) => (name === address ? [] : [name]));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
