import { isMerging, isSafe, isWhole, reaches, reachOf, runs } from './cluster.ts';
import { type Model, mayServe, type Steps } from './model.ts';
import { nextVersion } from './notes.ts';
import { dueNote } from './replay-steps.ts';
import { copyOf, GONE, LISTENING, type Member, memberAt, NO_REQUEST, STARTING, type State } from './state.ts';
import { dueVoters, isChanging, storeVoters } from './voter-steps.ts';

/** Passes steps on, and names those after which m is gone though it was acknowledged and a process that held it lives. */
export function watchMessage({ disks }: Model, before: State, steps: Steps): Steps {
  if (disks !== 'none') return watchReads(before, steps);
  return {
    breach: steps.breach,
    to(next, tell) {
      if (next.isAcknowledged && !isThere(next)) {
        if (next.members.some(({ hasHeld }) => hasHeld)) {
          const isCutOff = before.members.some((member) => member.mergingMessage);
          steps.breach(isCutOff ? 'lost in a merge' : 'message lost', () => `${tell()}: m is gone`);
          return;
        }
        // All who had it are dead: it may be stored again.
        next.isAcknowledged = false;
        next.read = NO_REQUEST;
      }
      steps.to(next, tell);
    },
  };
}

/** Where loggers have disks m is never gone: only what is read tells. One that lacks what a merge cut off is named so. */
function watchReads(before: State, steps: Steps): Steps {
  const wasThere = isAnywhere(before);
  return {
    breach(breach, tell) {
      steps.breach(breach === 'stale read' && before.isCutOff ? 'lost in a merge' : breach, tell);
    },
    to(next, tell) {
      if (isAnywhere(next)) next.isCutOff = false;
      else if (wasThere) next.isCutOff = next.isAcknowledged && before.members.some(isMerging);
      steps.to(next, tell);
    },
  };
}

function isAnywhere({ members }: State): boolean {
  return members.some(holds);
}

function holds({ phase, message, mergingMessage }: Member): boolean {
  return phase !== GONE && (message || mergingMessage);
}

/** Tells whether m is anywhere, and notes who holds it. */
function isThere(state: State): boolean {
  for (const member of state.members) if (holds(member)) member.hasHeld = true;
  return isAnywhere(state);
}

/** Tells whether nothing is left that happens by itself, and with `isHealthy` whether no fault lasts. */
export function isQuiet(state: State, isHealthy: boolean): boolean {
  if (state.store !== NO_REQUEST || state.read !== NO_REQUEST) return false;
  if (isHealthy && state.cut !== 0) return false;
  let running = 0;
  for (const member of state.members) {
    if (member.phase === STARTING || member.phase === LISTENING || (isHealthy && member.isFrozen)) return false;
    if (isChanging(state, member)) return false;
    if (!runs(member)) continue;
    running++;
    if (member.known !== member.view || isMerging(member)) return false;
    if (!isWhole(state, member) || !isSafe(state, member)) return false;
    for (const other of state.members) {
      if (runs(other) && reaches(state, member, other) && other.view !== member.view) return false;
    }
  }
  return running > 0;
}

/** Tells whether some logger would acknowledge, if only the loggers went on. */
export function wouldServe(model: Model, state: State): boolean {
  const next = copyOf(state);
  for (;;) {
    let hasChanged = false;
    for (const member of next.members) {
      if (!runs(member)) continue;
      const reach = reachOf(next, member);
      if (reach?.isFull !== true) continue;
      if (mayServe(model, next, member.index, member.view)) return true;
      const due = hasChanged ? undefined : (dueVoters(model, next, member) ?? dueNote(model, next, member));
      if (due === undefined) continue;
      if (member.isOnDisk) for (const { index } of reach.copies) memberAt(next, index).message = true;
      storeVoters(next, reach.copies, due.voters, nextVersion(next, reach.owner.version, due.note));
      hasChanged = true;
    }
    if (!hasChanged) return false;
  }
}

/** Tells whether some logger serves as things are. */
export function serves(model: Model, state: State): boolean {
  return state.members.some((member) => runs(member) && mayServe(model, state, member.index, member.view));
}
