import { createProcess } from '../virtual-clock.ts';
import { failInvocations } from './invocation.ts';
import { join } from './joining.ts';
import { type ClusterContext, type Member, seatOf } from './member.ts';
import { act, startHeartbeats, suspect } from './membership.ts';
import { startMergeChecks } from './merging.ts';
import { emptyParts, startBalancing } from './partitions.ts';

/** The modelled members, as who controls them sees them. */
export interface ModelledCluster {
  readonly members: ReadonlyMap<string, Member>;
  /** Starts a member whose process is dead. */
  start(name: string): void;
  kill(name: string): void;
  freeze(name: string): void;
  resume(name: string): void;
  /** Called with a member that was killed. */
  onKilled(listener: (member: Member) => void): void;
  /** Whether the others have all that this member has of some keys: else nobody could keep what it has. */
  canSpare(name: string, keys: Iterable<string>): boolean;
}

interface Options {
  /** Whether a member that starts has to join one that lives, as deploy/members.sh has it; else it may begin a cluster of its own. */
  readonly hasToJoin: boolean;
}

const BOOT_LEAST_MS = 800;
const BOOT_SPREAD_MS = 2_500;
/** When its ports open, as a part of that. */
const BOUND_AT = 0.4;
const AGAIN_MS = 500;
const NOTICED_SPREAD_MS = 300;

/** Creates members that have formed a cluster. */
export function createCluster(context: ClusterContext, { hasToJoin }: Options): ModelledCluster {
  const { clock, network, random, names, members, tell } = context;
  const listeners: ((member: Member) => void)[] = [];

  function create(name: string): Member {
    const uuid = context.newUuid(name);
    const member: Member = {
      name,
      process: `process of ${uuid}`,
      vp: createProcess(name, name),
      uuid,
      phase: 'booting',
      isBound: false,
      view: [],
      version: 0,
      table: [],
      tableVersion: -1,
      parts: emptyParts(),
      heard: new Map(),
      suspected: new Set(),
      acceptedBy: new Set(),
      claimSinceMs: undefined,
      follows: undefined,
      unsynced: new Set(),
      moving: new Set(),
      invocations: new Set(),
      records: [],
      lastTickMs: clock.nowMs,
      clients: new Set(),
      connections: new Map(),
    };
    members.set(name, member);
    startHeartbeats(context, member);
    startBalancing(context, member);
    startMergeChecks(context, member);
    return member;
  }

  /** The one that another has to join: of the largest cluster, else a silent one (deploy/member-to-join.mjs). */
  function toJoin(name: string): Member | undefined {
    let largest = 0;
    let chosen: Member | undefined;
    for (const member of members.values()) {
      if (member.name === name || member.vp.state === 'dead') continue;
      const size = member.vp.state === 'frozen' ? 0.5 : member.phase === 'joined' ? member.view.length : 0;
      if (size > largest) [largest, chosen] = [size, member];
    }
    return chosen;
  }

  function start(name: string): void {
    if (members.get(name)?.vp.state !== 'dead') return;
    const target = hasToJoin ? toJoin(name) : undefined;
    const member = create(name);
    const bootMs = BOOT_LEAST_MS + BOOT_SPREAD_MS * random.next();
    tell(() => `${name} starts${target === undefined ? '' : `, to join ${target.name}`}`);
    clock.after(bootMs * BOUND_AT, member.vp, () => {
      member.isBound = true;
    });
    clock.after(bootMs, member.vp, () => {
      member.phase = 'joining';
      const required = target === undefined ? {} : { required: seatOf(target) };
      join(context, member, { ...required, wayOut: 'begin' }, () => {
        kill(name);
        clock.after(AGAIN_MS, observer, () => start(name));
      });
    });
  }
  const observer = createProcess('members.sh', 'members.sh');

  function kill(name: string): void {
    const member = members.get(name);
    if (member === undefined || member.vp.state === 'dead') return;
    clock.kill(member.vp);
    tell(() => `${name} is killed`);
    for (const other of members.values()) {
      // A connection breaks at once, but for one that is cut.
      if (other === member || network.isCut(other.vp.host, member.vp.host)) continue;
      clock.after(NOTICED_SPREAD_MS * random.next(), other.vp, () => {
        suspect(context, other, member.uuid);
        failInvocations(context, other, new Set([member.uuid]));
        act(context, other);
      });
    }
    for (const listener of listeners) listener(member);
  }

  function found(): void {
    const all = names.map(create);
    const seats = all.map(seatOf);
    const uuids = seats.map(({ uuid }) => uuid);
    const table = emptyParts().map((_, at) => [...uuids.slice(at), ...uuids.slice(0, at)]);
    for (const member of all) {
      Object.assign(member, { isBound: true, phase: 'joined', view: seats, version: 1, table, tableVersion: 1 });
      for (const { uuid } of seats) member.heard.set(uuid, 0);
    }
  }
  found();

  return {
    members,
    start,
    kill,
    freeze(name) {
      const member = members.get(name);
      if (member === undefined) return;
      tell(() => `${name} is frozen`);
      clock.freeze(member.vp);
    },
    resume(name) {
      const member = members.get(name);
      if (member?.vp.state !== 'frozen') return;
      tell(() => `${name} wakes`);
      clock.thaw(member.vp);
    },
    onKilled: (listener) => void listeners.push(listener),
    canSpare(name, keys) {
      const others = [...members.values()].filter((member) => member.name !== name && member.vp.state !== 'dead');
      for (const key of keys) if (!others.some((other) => holds(other, key))) return false;
      return true;
    },
  };
}

function holds({ parts, records }: Member, key: string): boolean {
  return parts.some((part) => part.has(key)) || records.some((record) => record.key === key);
}
