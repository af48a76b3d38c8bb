import type { Seat } from '../../../services/logger/member/session.ts';
import { type ClusterContext, has, type Member, othersOf, PARTITIONS, sendTo, type Table } from './member.ts';

const SYNC_LEAST_MS = 50;
const SYNC_SPREAD_MS = 550;
const SYNC_AGAIN_MS = 700;
/** How often the oldest member looks whether partitions should move. */
const BALANCE_MS = 600;

/** A place among the backups of a partition that nobody has taken since a member left. */
const VACANT = '';

/** A table in which only these members have copies: a backup becomes owner where that is gone, and leaves its place; who is new comes last. */
export function repaired(table: Table, seats: readonly Seat[]): Table {
  const uuids = seats.map(({ uuid }) => uuid);
  return Array.from({ length: PARTITIONS }, (_, partition) => {
    const kept = (table[partition] ?? []).map((uuid) => (uuids.includes(uuid) ? uuid : VACANT));
    const owner = kept.find((uuid) => uuid !== VACANT);
    if (owner === undefined) return rotated(uuids, partition); // nobody is left that had it
    const backups = kept.map((uuid) => (uuid === owner ? VACANT : uuid)).slice(1);
    return [owner, ...backups, ...uuids.filter((uuid) => !kept.includes(uuid))];
  });
}

function rotated<T>(items: readonly T[], by: number): readonly T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

export const emptyParts = () => Array.from({ length: PARTITIONS }, () => new Map<string, string>());

/** Goes by a table, unless it knows a newer one; copies of what it owns are made anew, as a store may have ended half-way. */
export function useTable(context: ClusterContext, member: Member, table: Table, version: number): void {
  if (version <= member.tableVersion) return;
  member.table = table;
  member.tableVersion = version;
  member.moving.clear();
  member.unsynced.clear();
  for (const [partition, [owner, ...backups]] of table.entries()) {
    if (owner !== member.uuid) continue;
    for (const uuid of backups.filter((each) => each !== VACANT)) {
      member.unsynced.add(keyOf(partition, uuid));
      syncLater(context, member, partition, uuid, SYNC_LEAST_MS + SYNC_SPREAD_MS * context.random.next());
    }
  }
}

const keyOf = (partition: number, uuid: string) => `${partition} ${uuid}`;

function syncLater(context: ClusterContext, member: Member, partition: number, uuid: string, ms: number): void {
  const { tableVersion } = member;
  context.clock.after(ms, member.vp, () => {
    if (member.tableVersion !== tableVersion || !member.unsynced.has(keyOf(partition, uuid))) return;
    const seat = member.view.find((each) => each.uuid === uuid);
    if (seat !== undefined) sync(context, member, partition, seat);
    syncLater(context, member, partition, uuid, SYNC_AGAIN_MS);
  });
}

/** Sends a backup all of a partition; it replaces what that has, whatever it is. */
function sync(context: ClusterContext, member: Member, partition: number, seat: Seat): void {
  const snapshot = new Map(member.parts[partition]);
  const { uuid, tableVersion } = member;
  const own = { name: member.name, process: member.process, uuid };
  sendTo(context, member, seat, (to) => {
    if (to.phase !== 'joined' || !has(to, uuid) || to.table[partition]?.[0] !== uuid) return;
    to.parts[partition] = snapshot;
    sendTo(context, to, own, (back) => {
      if (back.tableVersion === tableVersion) back.unsynced.delete(keyOf(partition, seat.uuid));
    });
  });
}

/** Begins to look, while the member is the oldest, whether a place is vacant, or others own too little. */
export function startBalancing(context: ClusterContext, member: Member): void {
  const look = () => {
    context.clock.after(BALANCE_MS, member.vp, look);
    if (member.phase !== 'joined' || member.view[0]?.uuid !== member.uuid) return;
    if (hasVacancies(member))
      publishTable(
        context,
        member,
        member.table.map((uuids) => uuids.filter((uuid) => uuid !== VACANT)),
      );
    else balance(context, member);
  };
  context.clock.after(BALANCE_MS * context.random.next(), member.vp, look);
}

const hasVacancies = ({ table }: Member) => table.some((uuids) => uuids.includes(VACANT));

function publishTable(context: ClusterContext, master: Member, table: Table): void {
  const version = master.tableVersion + 1;
  useTable(context, master, table, version);
  for (const seat of othersOf(master))
    sendTo(context, master, seat, (to) => {
      if (has(to, master.uuid)) useTable(context, to, table, version);
    });
}

function balance(context: ClusterContext, master: Member): void {
  const owned = (uuid: string) => master.table.filter(([owner]) => owner === uuid).length;
  const sorted = [...master.view].sort((a, b) => owned(b.uuid) - owned(a.uuid));
  const [most, least] = [sorted[0], sorted.at(-1)];
  if (most === undefined || least === undefined || owned(most.uuid) < owned(least.uuid) + 2) return;
  const partition = master.table.findIndex(([owner]) => owner === most.uuid);
  const masterSeat = { name: master.name, process: master.process, uuid: master.uuid };
  const { tableVersion } = master;
  const handOver = (owner: Member) => {
    const isReady = owner.tableVersion === tableVersion && owner.unsynced.size === 0 && owner.moving.size === 0;
    if (owner.phase !== 'joined' || !isReady || !has(owner, least.uuid)) return;
    owner.moving.add(partition); // from now on it does nothing with it
    const snapshot = new Map(owner.parts[partition]);
    const { uuid } = owner;
    const ownerSeat = { name: owner.name, process: owner.process, uuid };
    sendTo(context, owner, least, (to) => {
      if (to.phase !== 'joined' || !has(to, uuid) || to.tableVersion !== tableVersion) {
        sendTo(context, to, ownerSeat, (back) => back.tableVersion === tableVersion && back.moving.delete(partition));
        return;
      }
      to.parts[partition] = snapshot;
      if (to === master) committed();
      else sendTo(context, to, masterSeat, committed);
    });
  };
  const committed = () => {
    if (master.tableVersion !== tableVersion) return;
    const table = master.table.map((uuids, at) =>
      at === partition ? [least.uuid, ...uuids.filter((uuid) => uuid !== least.uuid)] : uuids,
    );
    publishTable(context, master, table);
  };
  if (most.uuid === master.uuid) handOver(master);
  else sendTo(context, master, most, handOver);
}

/** Whether, as far as this member can see, what it owns has its copies. */
export function isInPlace(member: Member, tableVersion: number): boolean {
  const isQuiet = member.unsynced.size === 0 && member.moving.size === 0 && !hasVacancies(member);
  return member.phase === 'joined' && isQuiet && member.tableVersion === tableVersion;
}
