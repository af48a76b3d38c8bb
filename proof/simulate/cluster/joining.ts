import type { Seat } from '../../../services/logger/member/session.ts';
import { type ClusterContext, connectionOf, type Member, seatOf, sendTo } from './member.ts';
import { isMaster, publish, type ToldView, takeView, toldBy } from './membership.ts';
import { putRecords } from './merge-records.ts';
import { emptyParts } from './partitions.ts';

const ASK_MS = 500;
/** So long a member that found none waits for others before it begins a cluster of its own; the next one longer. */
const ALONE_MS = 3_000;
const ALONE_EACH_MS = 1_200;

interface Joining {
  /** Whom it has to join; without them it joins whoever there is, or begins a cluster of its own. */
  readonly required?: Seat;
  readonly wayOut: 'begin' | 'wait';
}

/**
 * Tries to join until it has. As deploy/member-to-join.mjs has it: one that has to join another waits for that one, however long it is silent;
 * if it dies, `onGone` is called.
 */
export function join(
  context: ClusterContext,
  member: Member,
  { required, wayOut }: Joining,
  onGone: () => void = () => {},
): void {
  const { clock, members, names } = context;
  const { uuid } = member;
  const untilMs = clock.nowMs + ALONE_MS + ALONE_EACH_MS * names.indexOf(member.name);
  const ask = () => {
    if (member.phase === 'joined' || member.uuid !== uuid) return;
    if (required !== undefined) {
      const target = members.get(required.name);
      if (target === undefined || target.vp.state === 'dead' || target.process !== required.process) return onGone();
    } else if (wayOut === 'begin' && clock.nowMs > untilMs) return begin(context, member);
    for (const name of required === undefined ? names : [required.name]) {
      const target = members.get(name);
      if (target !== undefined && target !== member) requestJoin(context, member, target);
    }
    clock.after(ASK_MS, member.vp, ask);
  };
  ask();
}

function requestJoin(context: ClusterContext, member: Member, target: Member): void {
  const seat = seatOf(member);
  const connection = connectionOf(member, target);
  const take = () => {
    // One that came late, as its sender has joined another meanwhile, has lost its connection.
    if (target.phase !== 'joined' || member.phase !== 'joining' || member.uuid !== seat.uuid) return;
    const oldest = target.view[0];
    if (isMaster(target)) admit(context, target, seat);
    else if (oldest !== undefined) sendTo(context, target, oldest, (master) => admit(context, master, seat));
  };
  context.network.send(member.vp, target.vp, take, { connection });
}

/** The oldest member takes another one in. */
function admit(context: ClusterContext, master: Member, seat: Seat): void {
  if (!isMaster(master) || master.phase !== 'joined') return;
  if (master.view.some(({ uuid }) => uuid === seat.uuid)) return void welcome(context, master, seat, toldBy(master));
  if (master.suspected.size > 0) return; // later
  const old = master.view.find(({ name }) => name === seat.name);
  const others = master.view.filter((each) => each !== old);
  const told = publish(context, master, [...others, seat]);
  welcome(context, master, seat, told);
}

function welcome(context: ClusterContext, master: Member, seat: Seat, told: ToldView): void {
  sendTo(context, master, seat, (member) => {
    if (member.phase === 'joining') enter(context, member, told);
  });
}

function enter(context: ClusterContext, member: Member, told: ToldView): void {
  member.phase = 'joined';
  member.parts = emptyParts();
  member.version = told.version;
  takeView(context, member, told);
  putRecords(context, member);
}

/** Begins a cluster of its own. */
export function begin(context: ClusterContext, member: Member): void {
  const { uuid } = member;
  const table = emptyParts().map(() => [uuid]);
  context.tell(() => `${member.name} begins a cluster of its own`);
  enter(context, member, { from: uuid, seats: [seatOf(member)], version: 1, table, tableVersion: 1 });
}
