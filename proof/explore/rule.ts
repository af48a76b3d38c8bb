import type { Seat } from '../../services/logger/member/session.ts';
import { hasQuorum, nextVoters, type Situation, servesUnder } from '../../services/logger/quorum/quorum.ts';
import { isSettled } from './cluster.ts';
import { noteOf } from './notes.ts';
import { SEATS, seatsOf } from './seats.ts';
import { LISTENING, type Member, type State } from './state.ts';

/** What the logger does around the rule's own code; a broken rule differs in one of these. */
export interface Guards {
  /** What `hasQuorum` is told, in place of what holds. */
  readonly toldQuorum: (situation: Situation) => Situation;
  /** What `nextVoters` is told, in place of what holds. */
  readonly toldVoters: (situation: Situation) => Situation;
  /** Whether a store is checked again after the put. */
  readonly checksStore: boolean;
  /** Whether a read is checked by a write that reaches every copy, and by a view that the member is asked for afresh. */
  readonly checksRead: boolean;
  /** Whether the ports of the members outside are asked at each check, or were asked some time ago. */
  readonly asksPorts: boolean;
  /** Whether a note is kept though the rule drops it. */
  readonly keepsNote: boolean;
  /** Whether nobody stores or reads before all have put back what their disks have. */
  readonly awaitsReplay: boolean;
  /** Whether what is put back is checked after the put, as a store is. */
  readonly checksReplay: boolean;
}

/** What the rule says of a cluster. */
export interface Verdict {
  readonly hasQuorum: boolean;
  /** Whether it may serve under the voters that are stored. */
  readonly serves: boolean;
  /** The seats that should be the voters. */
  readonly next: number;
  /** Whether the stored voters are those already. */
  readonly isNext: boolean;
  /** Whether what is noted beside the voters stays there as they change. */
  readonly keepsNote: boolean;
}

/** Asks the rule about the cluster `view`, for a logger that reads its voters from `owner`. */
export type Judge = (state: State, member: Member, view: number, owner: Member) => Verdict;

const LINES = 1 << 14;
const KEYS = 4;

/** Makes a judge that calls the rule's own code, and remembers what it said about the same input. */
export function createJudge(guards: Guards): Judge {
  const keys = new Int32Array(LINES * KEYS);
  const verdicts: (Verdict | undefined)[] = new Array(LINES).fill(undefined);
  return (state, member, view, owner) => {
    let starts = 0;
    const size = state.members.length;
    let flags = (isSettled(state, member) ? 1 << size : 0) | (noteOf(owner.version) === 0 ? 0 : 2 << size);
    for (const other of state.members) {
      starts |= other.starts;
      // Only a port that refuses tells that a process is gone. A frozen or cut-off one accepts, or is silent.
      if (guards.asksPorts ? other.phase >= LISTENING : ((member.refused >> other.index) & 1) === 0)
        flags |= 1 << other.index;
    }
    const line = mix(view, owner.voters, starts, flags);
    const at = line * KEYS;
    const known = verdicts[line];
    if (
      known !== undefined &&
      keys[at] === view &&
      keys[at + 1] === owner.voters &&
      keys[at + 2] === starts &&
      keys[at + 3] === flags
    ) {
      return known;
    }
    const verdict = ask(guards, situationOf(size, view, owner.voters, starts, flags));
    keys.set([view, owner.voters, starts, flags], at);
    verdicts[line] = verdict;
    return verdict;
  };
}

function mix(view: number, voters: number, starts: number, flags: number): number {
  let hash = Math.imul(view ^ Math.imul(voters, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ starts ^ Math.imul(flags, 0x27d4eb2f), 0xc2b2ae35);
  return (hash ^ (hash >>> 13)) & (LINES - 1);
}

function ask(guards: Guards, situation: Situation): Verdict {
  const { voters } = situation;
  const next = nextVoters(guards.toldVoters(situation));
  const keepsNote = guards.keepsNote || next.note !== undefined;
  const counts = hasQuorum(guards.toldQuorum(situation));
  return {
    hasQuorum: counts,
    serves:
      counts &&
      servesUnder(situation, guards.keepsNote && voters?.note !== undefined ? { ...next, note: voters.note } : next),
    next: next.seats.reduce((seats, { uuid }) => seats | Number(uuid), 0),
    isNext: next === voters,
    keepsNote,
  };
}

function situationOf(size: number, view: number, voters: number, starts: number, flags: number): Situation {
  const configured = Array.from({ length: size }, (_, index) => `member-${index + 1}`);
  const note = (flags >> size) & 2 ? { note: 'noted' } : {};
  return {
    view: seatList(view, starts, size),
    configured,
    voters: voters === 0 ? undefined : { version: 1, seats: seatList(voters, starts, size), ...note },
    mayLive: (name) => ((flags >> configured.indexOf(name)) & 1) === 1,
    isSettled: ((flags >> size) & 1) === 1,
  };
}

/** Names the seats of a set: a seat's UUID is its bit, its process the seat with which that began. */
function seatList(seats: number, starts: number, size: number): Seat[] {
  const list: Seat[] = [];
  for (let bit = 0; bit < size * SEATS; bit++) {
    const seat = 1 << bit;
    if ((seats & seat) === 0) continue;
    const member = Math.floor(bit / SEATS);
    const begun = starts & seatsOf(member) & (seat | (seat - 1));
    list.push({ name: `member-${member + 1}`, process: String(31 - Math.clz32(begun)), uuid: String(seat) });
  }
  return list;
}
