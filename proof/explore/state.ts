import { SEATS } from './seats.ts';

/** The state of the model: what members hold and believe, and what their loggers have under way. Seats are bits of a number. */

/** A process is gone; or it starts, and its port refuses; or that accepts, but it has no cluster yet; or it sits in one. */
export const GONE = 0;
export const STARTING = 1;
export const LISTENING = 2;
export const SEATED = 3;

/** A configured member with its logger. All numbers but `index`, `phase`, `owner` and the versions are sets of seats. */
export interface Member {
  readonly index: number;
  phase: number;
  isFrozen: boolean;
  /** The one seat that it has now. */
  seat: number;
  /** Those of its seats with which a process began; the seats up to the next one are of the same process. */
  starts: number;
  /** The cluster as the member sees it, and as its logger was told last. */
  view: number;
  known: number;
  /** The members whose ports refused when its logger asked them last, as bits: only where it does not ask at each check. */
  refused: number;
  /** The member that owns the one partition of the model, as this one believes. */
  owner: number;
  /** Whether it has a copy of the partition, and what is in that: the message m, and the voters (0: none stored). With disks, a version has what is noted beside the voters (notes.ts). */
  hasCopy: boolean;
  message: boolean;
  voters: number;
  version: number;
  /** What it took out of its old cluster when it merged, and has not put into the new one yet. */
  mergingMessage: boolean;
  mergingVoters: number;
  mergingVersion: number;
  /** Whether its process ever had m after m was acknowledged. */
  hasHeld: boolean;
  /**
   * The compare-and-set that its logger has under way: from these voters to those (0: none), sent to this owner (-1: to none that
   * lives). It arrives late, also after the logger's own member was killed.
   */
  changeFrom: number;
  changeVersion: number;
  changeTo: number;
  changeAt: number;
  /** What it notes beside them (notes.ts). */
  changeNote: number;
  /** Whether its logger's disk has m. */
  isOnDisk: boolean;
  /** The filling into which its logger has put what its disk has (0: none). */
  filled: number;
}

/** A store or a read under way in a logger, with what the check before it saw. */
export interface Request {
  readonly logger: number;
  readonly phase: number;
  readonly view: number;
  readonly voters: number;
  readonly version: number;
}

/** No request is under way. */
export const NO_REQUEST: Request = { logger: -1, phase: 0, view: 0, voters: 0, version: 0 };

export interface State {
  readonly members: readonly Member[];
  /** The members on one side of a cut of the network, as bits; 0: no cut. */
  cut: number;
  /** Whether m was acknowledged. */
  isAcknowledged: boolean;
  /** How many faults were made, or how far the script of faults is. */
  faults: number;
  /** With disks: whether the members lost m, once it was acknowledged, while one of them was merging. */
  isCutOff: boolean;
  store: Request;
  read: Request;
}

/** Gives the state in which all members sit in one cluster and are its voters. */
export function firstState(size: number): State {
  const indexes = Array.from({ length: size }, (_, index) => index);
  const all = indexes.reduce((seats, index) => seats | (1 << (index * SEATS)), 0);
  const members = indexes.map((index) => ({
    ...goneMember(index),
    phase: SEATED,
    seat: 1 << (index * SEATS),
    starts: 1 << (index * SEATS),
    view: all,
    known: all,
    hasCopy: true,
    voters: all,
    version: 1,
  }));
  return { members, cut: 0, isAcknowledged: false, faults: 0, isCutOff: false, store: NO_REQUEST, read: NO_REQUEST };
}

function goneMember(index: number): Member {
  return {
    index,
    phase: GONE,
    isFrozen: false,
    seat: 0,
    starts: 0,
    view: 0,
    known: 0,
    refused: 0,
    owner: 0,
    hasCopy: false,
    message: false,
    voters: 0,
    version: 0,
    mergingMessage: false,
    mergingVoters: 0,
    mergingVersion: 0,
    hasHeld: false,
    changeFrom: 0,
    changeVersion: 0,
    changeTo: 0,
    changeAt: -1,
    changeNote: 0,
    isOnDisk: false,
    filled: 0,
  };
}

/** Copies a state, to be changed. */
export function copyOf(state: State): State {
  const members: Member[] = [];
  for (const member of state.members) members.push({ ...member });
  return { ...state, members };
}

/** Gives a member of a state. */
export function memberAt(state: State, index: number): Member {
  const member = state.members[index];
  if (member === undefined) throw new RangeError(`there is no member ${index}`);
  return member;
}

/**
 * Kills a member: what it held is gone, and what its logger had under way. Where it held m, those whose copies a merge threw away
 * before are not asked for it any more.
 */
export function kill(state: State, index: number): void {
  if (memberAt(state, index).message) for (const member of state.members) member.hasHeld = false;
  const { starts, refused, changeFrom, changeVersion, changeTo, changeAt, changeNote, isOnDisk, filled } = memberAt(
    state,
    index,
  );
  const kept = { starts, refused, changeFrom, changeVersion, changeTo, changeAt, changeNote, isOnDisk, filled };
  Object.assign(memberAt(state, index), { ...goneMember(index), ...kept });
  for (const member of state.members) {
    if (member.changeTo === 0) continue;
    if (member.changeAt === index) member.changeAt = -1;
    if (member.changeAt === -1 && member.phase === GONE) endChange(state, member.index);
  }
  if (state.store.logger === index) state.store = NO_REQUEST;
  if (state.read.logger === index) state.read = NO_REQUEST;
}

/** Forgets the change of voters that a logger has under way. */
export function endChange(state: State, index: number): void {
  Object.assign(memberAt(state, index), { changeFrom: 0, changeVersion: 0, changeTo: 0, changeAt: -1, changeNote: 0 });
}
