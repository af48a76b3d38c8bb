import type { Seat } from '../../../services/logger/member/session.ts';
import { failInvocations } from './invocation.ts';
import { type ClusterContext, has, type Member, othersOf, seatOf, sendTo, type Table } from './member.ts';
import { repaired, useTable } from './partitions.ts';

const HEARTBEAT_MS = 1_000;
const SILENT_MS = 5_000;
const CLAIM_MS = 2_000;
/** After such a jump of the clock a member was frozen itself: nobody is suspected for it. */
const JUMP_MS = 2_500;

/** A list of members as the oldest one tells it. */
export interface ToldView {
  readonly from: string;
  readonly seats: readonly Seat[];
  readonly version: number;
  readonly table: Table;
  readonly tableVersion: number;
}

export function isMaster({ view, uuid }: Member): boolean {
  return view[0]?.uuid === uuid;
}

/** Begins to send heartbeats, and to look who is silent. */
export function startHeartbeats(context: ClusterContext, member: Member): void {
  const { clock, random } = context;
  const beat = () => {
    clock.after(HEARTBEAT_MS, member.vp, beat);
    tick(context, member);
  };
  member.lastTickMs = clock.nowMs;
  clock.after(HEARTBEAT_MS * random.next(), member.vp, beat);
}

function tick(context: ClusterContext, member: Member): void {
  const { nowMs } = context.clock;
  if (nowMs > member.lastTickMs + JUMP_MS) for (const { uuid } of member.view) member.heard.set(uuid, nowMs);
  member.lastTickMs = nowMs;
  if (member.phase !== 'joined') return;
  const own = seatOf(member);
  const { version } = member;
  for (const seat of othersOf(member)) {
    sendTo(context, member, seat, (to) => takeHeartbeat(context, to, own, version));
    if ((member.heard.get(seat.uuid) ?? nowMs) < nowMs - SILENT_MS) suspect(context, member, seat.uuid);
  }
  act(context, member);
}

function takeHeartbeat(context: ClusterContext, at: Member, from: Seat, version: number): void {
  if (at.phase !== 'joined') return;
  if (has(at, from.uuid)) {
    at.heard.set(from.uuid, context.clock.nowMs);
    if (at.suspected.delete(from.uuid)) endClaims(at);
    if (isMaster(at) && version < at.version) tellView(context, at, from, toldBy(at));
    return;
  }
  // It does not know yet that it was left out. Another one may know a newer member that this one does not.
  if (!isMaster(at) && at.version < version) return;
  const { uuid } = at;
  sendTo(context, at, from, (to) => {
    if (!has(to, uuid)) return;
    suspect(context, to, uuid);
    act(context, to);
  });
}

/** Ends claims to the oldest member's place, made or followed: so it is once a suspected member is heard again (clearMemberSuspicion). */
export function endClaims(member: Member): void {
  member.follows = undefined;
  member.claimSinceMs = undefined;
  member.acceptedBy.clear();
}

/** Notes that a member seems to be gone. */
export function suspect({ tell }: ClusterContext, member: Member, uuid: string): void {
  if (!has(member, uuid) || uuid === member.uuid || member.suspected.has(uuid)) return;
  member.suspected.add(uuid);
  tell(() => `${member.name} suspects ${member.view.find((seat) => seat.uuid === uuid)?.name}`);
}

/** The oldest member leaves out those that it suspects; the next one does if all before it seem to be gone. */
export function act(context: ClusterContext, member: Member): void {
  if (member.phase !== 'joined' || member.suspected.size === 0) return;
  const remaining = member.view.filter(({ uuid }) => !member.suspected.has(uuid));
  if (remaining[0]?.uuid !== member.uuid) return;
  if (isMaster(member)) return void publish(context, member, remaining);
  member.claimSinceMs ??= context.clock.nowMs;
  const isLate = context.clock.nowMs > member.claimSinceMs + CLAIM_MS;
  const accepted = ({ uuid }: Seat) => uuid === member.uuid || member.acceptedBy.has(uuid);
  if (isLate || remaining.every(accepted)) return void publish(context, member, remaining.filter(accepted));
  const own = seatOf(member);
  for (const seat of remaining.filter((each) => !accepted(each))) {
    sendTo(context, member, seat, (to) => {
      if (to.phase !== 'joined' || !wouldFollow(to, own.uuid)) return;
      const { uuid } = to;
      to.follows = own.uuid;
      sendTo(context, to, own, (claimer) => {
        claimer.acceptedBy.add(uuid);
        act(context, claimer);
      });
    });
  }
}

/** Whether a member takes another one for the oldest: all before it seem to be gone. */
function wouldFollow(member: Member, uuid: string): boolean {
  const at = member.view.findIndex((seat) => seat.uuid === uuid);
  return at >= 0 && member.view.slice(0, at).every((seat) => member.suspected.has(seat.uuid));
}

/** What the oldest member tells of its cluster. */
export function toldBy({ uuid, view, version, table, tableVersion }: Member): ToldView {
  return { from: uuid, seats: view, version, table, tableVersion };
}

/** Makes a new list of members, and tells it to all of them. */
export function publish(context: ClusterContext, member: Member, seats: readonly Seat[]): ToldView {
  const told: ToldView = {
    from: member.uuid,
    seats,
    version: member.version + 1,
    table: repaired(member.table, seats),
    tableVersion: member.tableVersion + 1,
  };
  takeView(context, member, told);
  for (const seat of othersOf(member)) tellView(context, member, seat, told);
  return told;
}

function tellView(context: ClusterContext, member: Member, seat: Seat, told: ToldView): void {
  const { random, lateViewMs } = context;
  const extraMs = random.next() < 0.2 ? lateViewMs * random.next() : 0;
  sendTo(
    context,
    member,
    seat,
    (to) => {
      if (to.phase !== 'joined' || told.version <= to.version) return;
      const isFromMaster =
        to.follows === undefined
          ? to.view[0]?.uuid === told.from || wouldFollow(to, told.from)
          : to.follows === told.from;
      if (isFromMaster) takeView(context, to, told);
    },
    extraMs,
  );
}

/** Goes by a list of members from now on. */
export function takeView(context: ClusterContext, member: Member, told: ToldView): void {
  const { nowMs } = context.clock;
  const left = new Set(othersOf(member).map(({ uuid }) => uuid));
  for (const { uuid } of told.seats) {
    left.delete(uuid);
    if (!has(member, uuid)) member.heard.set(uuid, nowMs);
  }
  member.view = told.seats;
  member.version = told.version;
  endClaims(member);
  for (const tellClient of member.clients) tellClient(told.seats);
  for (const uuid of left) {
    member.heard.delete(uuid);
    member.suspected.delete(uuid);
  }
  context.tell(() => `${member.name} is in a cluster of ${told.seats.map(({ name }) => name).join(', ')}`);
  useTable(context, member, told.table, told.tableVersion);
  if (left.size > 0) failInvocations(context, member, left);
}
