import type { Seat } from '../../../services/logger/member/session.ts';
import { endInvocations } from './invocation.ts';
import { begin, join } from './joining.ts';
import { type ClusterContext, connectionOf, type Member, othersOf, seatOf, sendTo } from './member.ts';
import { endClaims, isMaster } from './membership.ts';
import { emptyParts } from './partitions.ts';

const LOOK_MS = 10_000;
/** If it cannot join the other cluster, a member begins one of its own, with what it had. */
const GIVE_UP_MS = 10_000;
const RESET_MS = 300;

/** Begins to look, while the member is the oldest, whether there is another cluster to merge into. */
export function startMergeChecks(context: ClusterContext, member: Member): void {
  const look = () => {
    context.clock.after(LOOK_MS, member.vp, look);
    if (member.phase !== 'joined' || !isMaster(member)) return;
    for (const name of context.names) {
      const other = context.members.get(name);
      const isOutside = !member.view.some((seat) => seat.name === name);
      if (other !== undefined && isOutside) check(context, member, other);
    }
  };
  context.clock.after(LOOK_MS * (0.2 + 0.8 * context.random.next()), member.vp, look);
}

/** The smaller cluster merges into the larger one; of two of one size, chance decides which, but for both alike. */
function check(context: ClusterContext, member: Member, other: Member): void {
  const own = seatOf(member);
  const size = member.view.length;
  const connection = connectionOf(member, other);
  const answer = () => {
    if (other.phase !== 'joined' || !isMaster(other) || other.view.some(({ name }) => name === own.name)) return;
    const isLarger = other.view.length > size || (other.view.length === size && other.uuid > own.uuid);
    const target = seatOf(other);
    if (!isLarger) return; // the other one finds it out itself
    sendTo(context, other, own, (back) => {
      if (!isMaster(back) || back.phase !== 'joined' || back.view.length !== size) return;
      mergeTogether(context, back, target);
    });
  };
  context.network.send(member.vp, other.vp, answer, { connection });
}

/**
 * Merges all members of a cluster. As in Hazelcast, each has agreed before the first one is emptied (AbstractJoiner.prepareClusterState
 * changes the state of the cluster, in two phases), so while one is silent none merges.
 */
function mergeTogether(context: ClusterContext, master: Member, target: Seat): void {
  const { uuid, version } = master;
  const others = othersOf(master);
  const silent = new Set(others.map((seat) => seat.uuid));
  const mergeAll = () => {
    if (silent.size > 0 || master.uuid !== uuid || master.version !== version) return;
    for (const seat of others) sendTo(context, master, seat, (to) => merge(context, to, target));
    merge(context, master, target);
  };
  for (const seat of others) {
    sendTo(context, master, seat, (to) =>
      sendTo(context, to, seatOf(master), () => {
        silent.delete(seat.uuid);
        mergeAll();
      }),
    );
  }
  mergeAll();
}

/** Empties a member, which becomes another one and joins the other cluster; what it owned it takes with it. */
function merge(context: ClusterContext, member: Member, target: Seat): void {
  const { clock, random, names } = context;
  if (member.phase !== 'joined') return;
  for (const [partition, part] of member.parts.entries()) {
    if (member.table[partition]?.[0] !== member.uuid) continue;
    for (const [key, value] of part) member.records.push({ partition, key, value });
  }
  context.tell(
    () =>
      `${member.name} is emptied to merge into the cluster of ${target.name}, with ${member.records.length} entries`,
  );
  const old = member.name;
  member.phase = 'joining';
  member.uuid = context.newUuid(old);
  member.parts = emptyParts();
  member.view = [];
  member.table = [];
  member.tableVersion = -1;
  member.heard.clear();
  member.suspected.clear();
  endClaims(member);
  member.unsynced.clear();
  member.moving.clear();
  endInvocations(member);
  const { uuid } = member;
  const alone = () => {
    if (member.phase === 'joining' && member.uuid === uuid) begin(context, member);
  };
  clock.after(RESET_MS * random.next(), member.vp, () =>
    join(context, member, { required: target, wayOut: 'wait' }, alone),
  );
  clock.after(GIVE_UP_MS + 1_000 * names.indexOf(old), member.vp, alone);
}
