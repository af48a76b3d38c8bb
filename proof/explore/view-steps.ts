import { agrees, answers, lists, misses, reaches, runs, sitsIn } from './cluster.ts';
import type { Model, Steps } from './model.ts';
import { seatsOf } from './seats.ts';
import { copyOf, LISTENING, type Member, memberAt, type State } from './state.ts';
import { listOf, nameOf, setOf } from './words.ts';

/** Members drop those that they miss, late and one side after the other; loggers learn of it as late as they like. */
export function viewSteps({ guards }: Model, state: State, steps: Steps): void {
  const refusing = state.members.reduce((bits, { phase, index }) => bits | (phase < LISTENING ? 1 << index : 0), 0);
  for (const member of state.members) {
    if (!guards.asksPorts && member.refused !== refusing) {
      const next = copyOf(state);
      memberAt(next, member.index).refused = refusing;
      const refused = state.members.filter(({ index }) => (refusing >> index) & 1);
      steps.to(
        next,
        () => `logger ${member.index + 1} asks the ports: ${refused.length > 0 ? listOf(refused) : 'none'} refused`,
      );
    }
    if (!runs(member)) continue;
    if (!isSpokenFor(state, member)) dropSteps(state, member, steps);
    for (const other of state.members) takeOverStep(state, member, other, steps);
    if (member.known !== member.view) {
      const next = copyOf(state);
      memberAt(next, member.index).known = member.view;
      steps.to(next, () => `logger ${member.index + 1} learns that its cluster is ${setOf(member.view)}`);
    }
  }
}

/** Tells whether another member with the same view misses the same members: they drop them together. */
function isSpokenFor(state: State, member: Member): boolean {
  return state.members.some(
    (other) =>
      other.index < member.index &&
      runs(other) &&
      agrees(state, member, other) &&
      sitsIn(member, other.view) &&
      member.owner === other.owner &&
      (missing(state, other) & ~(1 << member.index)) === (missing(state, member) & ~(1 << other.index)),
  );
}

function missing(state: State, member: Member): number {
  let indexes = 0;
  for (const other of state.members) if (misses(state, member, other)) indexes |= 1 << other.index;
  return indexes;
}

/** All on one side of a member drop those that all of them miss. */
function dropSteps(state: State, member: Member, steps: Steps): void {
  let view = member.view;
  for (const other of state.members) {
    if (misses(state, member, other) && isMissedByAll(state, member, other)) view &= ~seatsOf(other.index);
  }
  if (view === member.view) return;
  const side = state.members.filter(
    (other) =>
      other === member ||
      (lists(view, other) && sitsIn(other, view) && agrees(state, member, other) && other.owner === member.owner),
  );
  for (const { owner, isEmpty } of nextOwners(state, side, view, memberAt(state, member.owner))) {
    const next = copyOf(state);
    for (const { index } of side) {
      const on = memberAt(next, index);
      on.view = view;
      on.owner = owner.index;
      if (isEmpty) Object.assign(on, { hasCopy: true, message: false, voters: 0, version: 0 });
    }
    steps.to(
      next,
      () =>
        `${side.map(nameOf).join(' and ')} drop${side.length > 1 ? '' : 's'} ${setOf(member.view & ~view)}: the cluster is ${setOf(view)}`,
    );
  }
}

function isMissedByAll(state: State, member: Member, missed: Member): boolean {
  return state.members.every(
    (other) =>
      other === member ||
      other === missed ||
      !answers(state, other, member) ||
      !lists(other.view, missed) ||
      misses(state, other, missed),
  );
}

/** Who can own the partition on a side: the owner of before, else any that has a copy, else any, empty. */
function nextOwners(state: State, side: readonly Member[], view: number, owner: Member) {
  if (sitsIn(owner, view) && owner.hasCopy) return [{ owner, isEmpty: false }];
  const near = side.filter(({ hasCopy }) => hasCopy);
  const heirs = near.length > 0 ? near : state.members.filter((member) => sitsIn(member, view) && member.hasCopy);
  if (heirs.length > 0) return heirs.map((heir) => ({ owner: heir, isEmpty: false }));
  return side.map((heir) => ({ owner: heir, isEmpty: true }));
}

/** A member takes over the shorter list of another one that it shares a cluster with. */
function takeOverStep(state: State, member: Member, other: Member, steps: Steps): void {
  if (member === other || !runs(other) || !reaches(state, member, other)) return;
  if (!sitsIn(other, member.view) || !sitsIn(member, other.view) || (member.view & ~other.view) === 0) return;
  const next = copyOf(state);
  Object.assign(memberAt(next, member.index), { view: other.view, owner: other.owner });
  steps.to(next, () => `${nameOf(member)} takes over the list ${setOf(other.view)} of ${nameOf(other)}`);
}
