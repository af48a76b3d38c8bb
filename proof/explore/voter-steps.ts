import { looksSafe, ownerFor, type Reach, reachOf, runs } from './cluster.ts';
import { allows, type Model, type Steps, spend } from './model.ts';
import { copyOf, kill, type Member, memberAt, type State } from './state.ts';
import { listOf, nameOf, setOf } from './words.ts';

/** Loggers set out to change the voters, and do it by compare-and-set: whole, in part, or with the owner dying in the middle. */
export function voterSteps(model: Model, state: State, steps: Steps): void {
  for (const member of state.members) {
    if (!runs(member)) continue;
    if (member.changeTo === 0) {
      setOutStep(model, state, member, steps);
      continue;
    }
    const reach = reachOf(state, member);
    if (reach !== undefined) changeSteps(model, state, member, reach, steps);
  }
}

/** Gives what the voters should become, as a logger sees it: 0 if they are right, or not to be changed now. */
export function dueVoters(model: Model, state: State, member: Member): number {
  const owner = ownerFor(state, member);
  if (owner === undefined || !looksSafe(state, member)) return 0;
  const { hasQuorum, isNext, next } = model.judge(state, member, member.view, owner);
  return hasQuorum && !isNext ? next : 0;
}

/** Stores voters in the copies of some members. */
export function storeVoters(state: State, copies: readonly Member[], voters: number, version: number): void {
  for (const { index } of copies) Object.assign(memberAt(state, index), { voters, version });
}

function setOutStep(model: Model, state: State, member: Member, steps: Steps): void {
  const due = dueVoters(model, state, member);
  if (due === 0) return;
  const next = copyOf(state);
  const { voters, version } = memberAt(state, member.owner);
  Object.assign(memberAt(next, member.index), { changeFrom: voters, changeVersion: version, changeTo: due });
  steps.to(
    next,
    () => `logger ${member.index + 1} has a quorum; it sets out to make ${setOf(due)} the voters, not ${setOf(voters)}`,
  );
}

function changeSteps(model: Model, state: State, member: Member, { owner, copies, isFull }: Reach, steps: Steps): void {
  const { changeFrom, changeVersion, changeTo, index } = member;
  if (owner.voters !== changeFrom || owner.version !== changeVersion) {
    const next = copyOf(state);
    endChange(next, index);
    steps.to(next, () => `the change of voters by logger ${index + 1} is refused: others are stored by now`);
    return;
  }
  const others = copies.filter((copy) => copy !== owner);
  change(copies, isFull ? '' : ', but not on all');
  if (!isFull) {
    if (others.length > 0) change([owner], ', but not on all');
    if (others.length > 1) for (const other of others) change([owner, other], ', but not on all');
    return;
  }
  for (const some of partsOf(others)) {
    if (some.length > 0 && allows(model.plan, state, 'kill', owner.index)) {
      change(some, `; ${nameOf(owner)} is killed in the middle`, (next) => {
        kill(next, owner.index);
        spend(model.plan, next, 'kill');
      });
    }
    if (allows(model.plan, state, 'freeze', owner.index)) {
      change([owner, ...some], `; ${nameOf(owner)} freezes in the middle`, (next) => {
        memberAt(next, owner.index).isFrozen = true;
        spend(model.plan, next, 'freeze');
      });
    }
  }

  function change(reached: readonly Member[], how: string, then?: (next: State) => void): void {
    const next = copyOf(state);
    storeVoters(next, reached, changeTo, changeVersion + 1);
    endChange(next, index);
    then?.(next);
    steps.to(next, () => `logger ${index + 1} stores the voters ${setOf(changeTo)} on ${listOf(reached)}${how}`);
  }
}

function endChange(state: State, index: number): void {
  Object.assign(memberAt(state, index), { changeFrom: 0, changeVersion: 0, changeTo: 0 });
}

/** Gives all parts of a list but the whole. */
function partsOf<T>(list: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let bits = 0; bits < (1 << list.length) - 1; bits++) parts.push(list.filter((_, at) => (bits >> at) & 1));
  return parts;
}
