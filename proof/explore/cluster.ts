import { seatsOf } from './seats.ts';
import { type Member, memberAt, SEATED, type State } from './state.ts';

/** Tells whether a member sits in a cluster and is not frozen. */
export function runs(member: Member): boolean {
  return member.phase === SEATED && !member.isFrozen;
}

/** Tells whether the network lets two members reach each other. */
export function reaches(state: State, one: Member, other: Member): boolean {
  return (((state.cut >> one.index) ^ (state.cut >> other.index)) & 1) === 0;
}

/** Tells whether a member sits where a view has it: under the seat that it has now. */
export function sitsIn(member: Member, view: number): boolean {
  return member.phase === SEATED && (view & member.seat) !== 0;
}

/** Tells whether a view has a seat of a member, whichever. */
export function lists(view: number, member: Member): boolean {
  return (view & seatsOf(member.index)) !== 0;
}

/** Tells whether a member answers another one, and has it in its own view. */
export function answers(state: State, asked: Member, asking: Member): boolean {
  return sitsIn(asked, asking.view) && runs(asked) && reaches(state, asking, asked) && (asked.view & asking.seat) !== 0;
}

/** Tells whether a member has a reason to drop another one of its view. */
export function misses(state: State, member: Member, other: Member): boolean {
  return member !== other && lists(member.view, other) && !answers(state, other, member);
}

/** Tells whether the cluster of a member is whole: all of it are there and agree. */
export function isWhole(state: State, member: Member): boolean {
  if (!runs(member)) return false;
  for (const other of state.members) {
    if (!lists(member.view, other)) continue;
    if ((member.view & seatsOf(other.index)) !== other.seat || !agrees(state, member, other)) return false;
  }
  return true;
}

/** Tells whether a member is in touch with another one of its view that has the same view. */
export function agrees(state: State, member: Member, other: Member): boolean {
  return sitsIn(other, member.view) && runs(other) && reaches(state, member, other) && other.view === member.view;
}

/** Tells whether two members hold the same, or both no copy. */
export function haveEqualCopies(one: Member, other: Member): boolean {
  return one.message === other.message && one.voters === other.voters && one.version === other.version;
}

/** Tells whether every member of a cluster has its copy. */
export function isSafe(state: State, member: Member): boolean {
  const owner = memberAt(state, member.owner);
  for (const other of state.members) {
    if (!lists(member.view, other)) continue;
    if (!sitsIn(other, member.view) || !other.hasCopy || !haveEqualCopies(other, owner)) return false;
  }
  return true;
}

/** The same as far as one member can tell: of those with which it is in touch. */
export function looksSafe(state: State, member: Member): boolean {
  const owner = memberAt(state, member.owner);
  for (const other of state.members) {
    if (!lists(member.view, other) || !agrees(state, member, other)) continue;
    if (!other.hasCopy || !haveEqualCopies(other, owner)) return false;
  }
  return true;
}

/** Tells whether for some time nothing moved in a member's cluster: all of it are there, agree, and nobody merges. */
export function isSettled(state: State, member: Member): boolean {
  for (const other of state.members) {
    if (!lists(member.view, other)) continue;
    if (!agrees(state, member, other) || isMerging(other)) return false;
  }
  return true;
}

/** Tells whether a member still has entries to put into the cluster into which it merged. */
export function isMerging(member: Member): boolean {
  return member.mergingMessage || member.mergingVoters !== 0;
}

/** Gives the owner of the partition, if a member can talk to it. */
export function ownerFor(state: State, member: Member): Member | undefined {
  const owner = memberAt(state, member.owner);
  if (owner === member) return runs(member) ? owner : undefined;
  return answers(state, owner, member) && owner.owner === owner.index ? owner : undefined;
}

/** Where a write through a member arrives: which copies, and whether that is all that its owner lists. */
export interface Reach {
  readonly owner: Member;
  readonly copies: readonly Member[];
  readonly isFull: boolean;
}

/** Tells where a write through a member arrives; undefined if the owner is out of reach. */
export function reachOf(state: State, member: Member): Reach | undefined {
  const owner = ownerFor(state, member);
  if (owner === undefined) return undefined;
  const copies: Member[] = [];
  let isFull = true;
  for (const other of state.members) {
    if (!lists(owner.view, other)) continue;
    if (other !== owner && !answers(state, other, owner)) isFull = false;
    else if (other.hasCopy) copies.push(other);
  }
  return { owner, copies, isFull };
}
