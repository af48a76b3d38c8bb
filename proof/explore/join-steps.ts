import { isMerging, isSafe, isWhole, lists, reaches, runs, sitsIn } from './cluster.ts';
import type { Steps } from './model.ts';
import { seatsOf, sizeOf, takeSeat } from './seats.ts';
import { copyOf, LISTENING, type Member, memberAt, SEATED, type State } from './state.ts';
import { entriesOf, nameOf, setOf } from './words.ts';

/** Members found clusters, join them without copies yet, get copies, and merge entry by entry. */
export function joinSteps(state: State, steps: Steps): void {
  for (const host of state.members) {
    // One member speaks for all that agree with it. It lets started ones join also while it misses some.
    if (!runs(host) || state.members.some((other) => other.index < host.index && isOneWith(state, host, other)))
      continue;
    for (const member of state.members) {
      joinStep(state, host, member, steps);
      mergeStep(state, host, member, steps);
    }
    copySteps(state, host, steps);
  }
  for (const member of state.members) {
    foundStep(state, member, steps);
    if (runs(member) && isMerging(member) && isWhole(state, member)) putSteps(state, member, steps);
  }
}

function isOneWith(state: State, member: Member, other: Member): boolean {
  return runs(other) && other.view === member.view && reaches(state, member, other);
}

function joinStep(state: State, host: Member, member: Member, steps: Steps): void {
  if (member.phase !== LISTENING || !reaches(state, member, host) || lists(host.view, member)) return;
  const next = copyOf(state);
  const joined = memberAt(next, member.index);
  joined.phase = SEATED;
  admit(next, memberAt(next, host.index), joined);
  joined.known = joined.view;
  steps.to(next, () => `${nameOf(member)} joins ${setOf(host.view)}; it has no copies yet`);
}

/** A member of a cluster that is not larger is emptied and joins under a new seat; what it owned, it puts entry by entry. */
function mergeStep(state: State, host: Member, member: Member, steps: Steps): void {
  if (member === host || !runs(member) || isMerging(member) || !isWhole(state, host)) return;
  if (!reaches(state, member, host) || lists(host.view, member)) return;
  if (sizeOf(member.view) > sizeWithout(state, host, member) || !isFreeToMerge(state, member, host)) return;
  const next = copyOf(state);
  const merged = memberAt(next, member.index);
  if (member.owner === member.index && member.hasCopy) {
    merged.mergingMessage = member.message;
    merged.mergingVoters = member.voters;
    merged.mergingVersion = member.version;
  }
  takeSeat(next, merged, false);
  Object.assign(merged, { hasCopy: false, message: false, voters: 0, version: 0 });
  admit(next, memberAt(next, host.index), merged);
  steps.to(next, () => {
    const rest = isMerging(merged) ? `; ${entriesOf(merged)} still to be put` : '';
    return `${nameOf(member)} of ${setOf(member.view)} is emptied and merges into ${setOf(host.view)}${rest}`;
  });
}

/** How large a cluster was before anybody of another one merged into it: which of the two merges was decided then. */
function sizeWithout(state: State, host: Member, member: Member): number {
  const merged = state.members.filter((other) => lists(member.view, other) && sitsIn(other, host.view));
  return sizeOf(host.view) - merged.length;
}

/** Nobody whom it lists is silent, dead, or in both clusters (but for those that merged already). */
function isFreeToMerge(state: State, member: Member, host: Member): boolean {
  return state.members.every((other) => {
    if (other === member || !lists(member.view, other)) return true;
    if (!runs(other) || !reaches(state, member, other)) return false;
    const begun = 31 - Math.clz32(other.starts);
    if ((member.view & seatsOf(other.index) & ((1 << begun) - 1)) !== 0) return false;
    return !lists(host.view, other) || (sitsIn(other, host.view) && other.view === host.view);
  });
}

function admit(state: State, host: Member, member: Member): void {
  const { view } = host;
  const wider = (view & ~seatsOf(member.index)) | member.seat;
  for (const other of state.members) {
    if (other !== member && sitsIn(other, view) && runs(other) && reaches(state, host, other) && other.view === view) {
      other.view = wider;
    }
  }
  member.view = wider;
  member.owner = host.owner;
}

/** A whole cluster copies what its owner has to all; a member that had no copy may be the owner then. */
function copySteps(state: State, host: Member, steps: Steps): void {
  const owner = memberAt(state, host.owner);
  if (!isWhole(state, host) || isSafe(state, host) || !owner.hasCopy) return;
  const { message, voters, version } = owner;
  const copied = () => {
    const next = copyOf(state);
    for (const member of next.members) {
      if (sitsIn(member, host.view)) Object.assign(member, { hasCopy: true, message, voters, version });
    }
    return next;
  };
  const told = () => `all of ${setOf(host.view)} get copies of what ${nameOf(owner)} has`;
  steps.to(copied(), told);
  for (const { index, hasCopy, seat } of state.members) {
    if (hasCopy || (seat & host.view) === 0) continue;
    const next = copied();
    for (const member of next.members) if (sitsIn(member, host.view)) member.owner = index;
    steps.to(next, () => `${told()}; member ${index + 1} owns it now`);
  }
}

function foundStep(state: State, member: Member, steps: Steps): void {
  if (member.phase !== LISTENING) return;
  const next = copyOf(state);
  const { seat: view, index: owner } = member;
  Object.assign(memberAt(next, member.index), { phase: SEATED, view, known: view, owner, hasCopy: true });
  steps.to(next, () => `${nameOf(member)} founds a new, empty cluster`);
}

/** Puts what is not there yet: an entry that the new cluster has stays as it is. */
function putSteps(state: State, member: Member, steps: Steps): void {
  const { view, voters } = memberAt(state, member.owner);
  if (member.mergingMessage) {
    const next = copyOf(state);
    for (const copy of next.members) if (sitsIn(copy, view) && copy.hasCopy) copy.message = true;
    memberAt(next, member.index).mergingMessage = false;
    steps.to(next, () => `${nameOf(member)}, merging, puts m`);
  }
  if (member.mergingVoters !== 0) {
    const next = copyOf(state);
    for (const copy of next.members) {
      if (voters !== 0 || !sitsIn(copy, view) || !copy.hasCopy) continue;
      copy.voters = member.mergingVoters;
      copy.version = member.mergingVersion;
    }
    Object.assign(memberAt(next, member.index), { mergingVoters: 0, mergingVersion: 0 });
    const how = voters === 0 ? 'puts' : 'need not put';
    steps.to(next, () => `${nameOf(member)}, merging, ${how} the voters ${setOf(member.mergingVoters)}`);
  }
}
