import { ownerFor, reachOf, runs } from './cluster.ts';
import { counts, type Model, mayServe, type Steps } from './model.ts';
import { idOf, noteOf } from './notes.ts';
import { isToReplay } from './replay-steps.ts';
import { copyOf, type Member, memberAt, NO_REQUEST, type Request, type State } from './state.ts';
import { listOf, setOf } from './words.ts';

// How far a request is. One store of m and one read are enough: another one that never goes on changes nothing.
const CHECKED = 1;
const PUT = 2;
const DATA_READ = 3;
const FENCED = 4;
const ASKED = 5;

/** Loggers store m and read. Each line that a logger runs is a step of its own, and anything may happen in between. */
export function requestSteps(model: Model, state: State, steps: Steps): void {
  for (const member of state.members) {
    if (!runs(member)) continue;
    storeSteps(model, state, member, steps);
    readSteps(model, state, member, steps);
  }
}

function storeSteps(model: Model, state: State, member: Member, steps: Steps): void {
  const logger = `logger ${member.index + 1}`;
  const { store } = state;
  if (store.logger === -1 && !state.isAcknowledged && mayServe(model, state, member.index, member.known)) {
    const next = copyOf(state);
    next.store = begin(state, member);
    steps.to(next, () => `${logger} begins to store m: its cluster ${setOf(member.known)} has a quorum`);
  }
  if (isToReplay(model, state, member)) {
    const next = copyOf(state);
    next.store = begin(state, member);
    steps.to(
      next,
      () => `${logger} begins to put back m, which its disk has: its cluster ${setOf(member.known)} has a quorum`,
    );
  }
  if (store.logger !== member.index) return;
  // Once m is acknowledged, it is put back.
  const end = state.isAcknowledged ? 'has put back all' : 'acknowledges m';
  if (store.phase === CHECKED) {
    const reach = reachOf(state, member);
    if (reach?.isFull !== true) return;
    const isChecked = state.isAcknowledged ? model.guards.checksReplay : model.guards.checksStore;
    const next = copyOf(state);
    for (const { index } of reach.copies) memberAt(next, index).message = true;
    if (isChecked) next.store = { ...store, phase: PUT };
    else finish(model, next);
    const unchecked = isChecked ? '' : `; it ${end}`;
    steps.to(next, () => `${logger} puts m on every copy of its cluster: on ${listOf(reach.copies)}${unchecked}`);
  } else if (store.phase === PUT && member.view === store.view) {
    const next = copyOf(state);
    next.store = { ...store, phase: ASKED };
    steps.to(next, () => `${logger} asks its member: the cluster is still ${setOf(store.view)}`);
  } else if (store.phase === ASKED && isStillRight(model, state, member, store)) {
    const next = copyOf(state);
    finish(model, next);
    steps.to(next, () => `${logger} reads the same voters ${setOf(store.voters)} as before; it ${end}`);
  } else if (store.phase === ASKED && state.isAcknowledged) {
    const next = copyOf(state);
    next.store = NO_REQUEST;
    steps.to(next, () => `${logger} reads other voters than before: it has to put m again`);
  }
}

function readSteps(model: Model, state: State, member: Member, steps: Steps): void {
  const logger = `logger ${member.index + 1}`;
  const { read } = state;
  if (read.logger === -1 && state.isAcknowledged && mayServe(model, state, member.index, member.known)) {
    const next = copyOf(state);
    next.read = begin(state, member);
    steps.to(next, () => `${logger} begins to read: its cluster ${setOf(member.known)} has a quorum`);
  }
  if (read.logger !== member.index) return;
  if (read.phase === CHECKED && ownerFor(state, member)?.message === false) {
    goOn(DATA_READ, () => `${logger} reads from member ${member.owner + 1}: m is not there`);
  } else if (read.phase === DATA_READ && !model.guards.checksRead) {
    if (member.known === read.view && isStillRight(model, state, member, read)) answer();
  } else if (read.phase === DATA_READ && reachOf(state, member)?.isFull === true) {
    goOn(FENCED, () => `${logger} makes a small write, and it reaches every copy`);
  } else if (read.phase === FENCED && member.view === read.view) {
    goOn(ASKED, () => `${logger} asks its member: the cluster is still ${setOf(read.view)}`);
  } else if (read.phase === ASKED && isStillRight(model, state, member, read)) answer();

  function goOn(phase: number, tell: () => string): void {
    const next = copyOf(state);
    next.read = { ...read, phase };
    steps.to(next, tell);
  }
  function answer(): void {
    steps.breach(
      'stale read',
      () => `${logger} finds the same voters ${setOf(read.voters)}; it answers 200, without m`,
    );
  }
}

function begin(state: State, member: Member): Request {
  const { voters, version } = memberAt(state, member.owner);
  return { logger: member.index, phase: CHECKED, view: member.known, voters, version };
}

/** Acknowledges m, which the logger's disk has by then; or, if it was acknowledged before, ends that it is put back. */
function finish({ disks }: Model, state: State): void {
  const { logger, version } = state.store;
  if (disks !== 'none') Object.assign(memberAt(state, logger), { isOnDisk: true, filled: idOf(noteOf(version)) });
  state.store = NO_REQUEST;
  state.isAcknowledged = true;
}

function isStillRight(model: Model, state: State, member: Member, { view, voters, version }: Request): boolean {
  const owner = memberAt(state, member.owner);
  return counts(model, state, member.index, view) && owner.voters === voters && owner.version === version;
}

/**
 * Forgets what can only fail: the check after asks for the view of before, and a view that has changed does not come back. So a
 * store or a read that began in another view is forgotten (more copies of m, which is all that it could leave, make no breach),
 * and a logger that learns of a view late does nothing before. Where one of the guards is missing, all of this is explored.
 */
export function forgetHopeless({ guards }: Model, state: State): void {
  if (!guards.checksStore || !guards.checksRead) return;
  const { store, read } = state;
  if (guards.checksReplay && store.logger !== -1 && memberAt(state, store.logger).view !== store.view)
    state.store = NO_REQUEST;
  if (read.logger !== -1 && memberAt(state, read.logger).view !== read.view) state.read = NO_REQUEST;
  for (const member of state.members) member.known = member.view;
}
