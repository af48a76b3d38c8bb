import { looksSafe, ownerFor, type Reach, reachOf, runs } from './cluster.ts';
import { allows, type Model, type Steps, spend } from './model.ts';
import { nextVersion, noteOf } from './notes.ts';
import { copyOf, endChange, kill, type Member, memberAt, type State } from './state.ts';
import { listOf, nameOf, notedIn, setOf } from './words.ts';

/** Loggers set out to change the voters, and do it by compare-and-set: whole, in part, or with the owner dying in the middle. */
export function voterSteps(model: Model, state: State, steps: Steps): void {
  for (const member of state.members) {
    if (member.changeTo === 0) {
      if (runs(member)) setOutStep(model, state, member, steps);
      continue;
    }
    const reach = runs(member) ? reachOf(state, member) : undefined;
    if (reach !== undefined) changeSteps(model, state, member, reach, steps);
    const late = lateReach(state, member);
    if (late !== undefined && late.owner !== reach?.owner) changeSteps(model, state, member, late, steps);
  }
}

/** Where a change arrives that was sent to an owner before: there, whatever became of the logger since. */
function lateReach(state: State, { changeAt }: Member): Reach | undefined {
  if (changeAt === -1 || memberAt(state, changeAt).owner !== changeAt) return undefined;
  return reachOf(state, memberAt(state, changeAt));
}

/** Tells whether a change of voters will still arrive somewhere, or fail. */
export function isChanging(state: State, member: Member): boolean {
  return member.changeTo !== 0 && (runs(member) || lateReach(state, member) !== undefined);
}

/** What is to be stored: voters, and what is noted beside them. */
export interface Due {
  readonly voters: number;
  readonly note: number;
}

/** Gives what the voters should become, as a logger sees it: undefined if they are right, or not to be changed now. */
export function dueVoters(model: Model, state: State, member: Member): Due | undefined {
  const owner = ownerFor(state, member);
  if (owner === undefined || !looksSafe(state, member)) return undefined;
  const { hasQuorum, isNext, next, keepsNote } = model.judge(state, member, member.view, owner);
  return hasQuorum && !isNext ? { voters: next, note: keepsNote ? noteOf(owner.version) : 0 } : undefined;
}

/** Stores voters in the copies of some members. */
export function storeVoters(state: State, copies: readonly Member[], voters: number, version: number): void {
  for (const { index } of copies) Object.assign(memberAt(state, index), { voters, version });
}

function setOutStep(model: Model, state: State, member: Member, steps: Steps): void {
  const due = dueVoters(model, state, member);
  if (due === undefined) return;
  const { voters } = memberAt(state, member.owner);
  steps.to(
    setOut(state, member, due),
    () =>
      `logger ${member.index + 1} has a quorum; it sets out to make ${setOf(due.voters)} the voters, not ${setOf(voters)}`,
  );
}

/** Gives the state in which a logger has sent a compare-and-set, from what it sees. */
export function setOut(state: State, { index, owner }: Member, { voters: changeTo, note: changeNote }: Due): State {
  const next = copyOf(state);
  const { voters: changeFrom, version: changeVersion } = memberAt(state, owner);
  Object.assign(memberAt(next, index), { changeFrom, changeVersion, changeTo, changeNote, changeAt: owner });
  return next;
}

function changeSteps(model: Model, state: State, member: Member, { owner, copies, isFull }: Reach, steps: Steps): void {
  const { changeFrom, changeVersion, changeTo, changeNote, index } = member;
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
    storeVoters(next, reached, changeTo, nextVersion(state, changeVersion, changeNote));
    endChange(next, index);
    then?.(next);
    const noted = model.disks === 'none' ? '' : ` with ${notedIn(changeNote)}`;
    steps.to(
      next,
      () => `logger ${index + 1} stores the voters ${setOf(changeTo)}${noted} on ${listOf(reached)}${how}`,
    );
  }
}

/** Gives all parts of a list but the whole. */
function partsOf<T>(list: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let bits = 0; bits < (1 << list.length) - 1; bits++) parts.push(list.filter((_, at) => (bits >> at) & 1));
  return parts;
}
