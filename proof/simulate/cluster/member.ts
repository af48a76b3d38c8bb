import type { Seat } from '../../../services/logger/member/session.ts';
import type { Random } from '../../random.ts';
import type { Connection, Network } from '../network.ts';
import type { VirtualClock, VirtualProcess } from '../virtual-clock.ts';
import type { Invocation } from './invocation.ts';

/** Few, but enough for each of three members to own one. */
export const PARTITIONS = 3;
export const VOTERS_KEY = 'voters';
export const VOTERS_PARTITION = 0;

/** By partition, the UUIDs of the members that have it: the owner first. */
export type Table = readonly (readonly string[])[];

/** An entry that a member brings into another cluster. */
export interface MergeRecord {
  readonly partition: number;
  readonly key: string;
  readonly value: string;
}

/** One process of a member, and what it knows. */
export interface Member {
  readonly name: string;
  readonly process: string;
  readonly vp: VirtualProcess;
  /** A merge gives it another one. */
  uuid: string;
  phase: 'booting' | 'joining' | 'joined';
  /** Whether its ports are open: from then on it does not refuse. */
  isBound: boolean;
  view: readonly Seat[];
  version: number;
  table: Table;
  tableVersion: number;
  parts: Map<string, string>[];
  /** When it heard of each member of its view. */
  readonly heard: Map<string, number>;
  readonly suspected: Set<string>;
  /** Who accepts it as the oldest, and since when it asks. */
  readonly acceptedBy: Set<string>;
  claimSinceMs: number | undefined;
  /** Whom it has accepted as the oldest, until that one tells it the members. */
  follows: string | undefined;
  /** Copies that may differ from what it owns: partition and UUID. */
  readonly unsynced: Set<string>;
  /** Partitions that it is handing over. */
  readonly moving: Set<number>;
  readonly invocations: Set<Invocation>;
  /** What it has still to put after a merge. */
  records: MergeRecord[];
  lastTickMs: number;
  /** Clients that it tells of each new view. */
  readonly clients: Set<(view: readonly Seat[]) => void>;
  /** To other members' processes. */
  readonly connections: Map<VirtualProcess, Connection>;
}

/** What all members of a simulation have in common. */
export interface ClusterContext {
  readonly clock: VirtualClock;
  readonly network: Network;
  readonly random: Random;
  readonly names: readonly string[];
  /** How many backups messages have; the voters have one on each member. */
  readonly backupCount: number;
  /** How long a view may be under way. */
  readonly lateViewMs: number;
  /** How long a merging member takes from one entry to the next, at most. */
  readonly mergeGapMs: number;
  /** The latest process of each. */
  readonly members: Map<string, Member>;
  /** Notes what happens, for people. */
  readonly tell: (what: () => string) => void;
  newUuid(name: string): string;
}

/** The one connection from a member to another one, in that direction. */
export function connectionOf({ connections }: Member, { vp }: Member): Connection {
  const connection = connections.get(vp) ?? { lastMs: 0 };
  connections.set(vp, connection);
  return connection;
}

export const seatOf = ({ name, process, uuid }: Member): Seat => ({ name, process, uuid });

export function has({ view }: Member, uuid: string): boolean {
  return view.some((seat) => seat.uuid === uuid);
}

export function othersOf({ view, uuid }: Member): readonly Seat[] {
  return view.filter((seat) => seat.uuid !== uuid);
}

/** Sends something to a member as it is now: after a merge or a start it is another one, and does not take it. */
export function sendTo(
  { members, network }: ClusterContext,
  from: Member,
  { name, process, uuid }: Seat,
  deliver: (to: Member) => void,
  extraMs = 0,
): void {
  const to = members.get(name);
  if (to === undefined || to.process !== process) return;
  const take = () => {
    if (to.uuid === uuid) deliver(to);
  };
  // What is late comes behind others that were sent after it, as each kind of operation has threads of its own.
  const how = extraMs > 0 ? { extraMs } : { connection: connectionOf(from, to) };
  network.send(from.vp, to.vp, take, how);
}
