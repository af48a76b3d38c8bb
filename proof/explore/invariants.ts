import { isMerging, isSafe, isWhole, reaches, reachOf, runs } from './cluster.ts';
import { type Model, mayServe, type Steps } from './model.ts';
import { copyOf, GONE, LISTENING, NO_REQUEST, STARTING, type State } from './state.ts';
import { dueVoters, isChanging, storeVoters } from './voter-steps.ts';

/** Passes steps on, and names those after which m is gone though it was acknowledged and a process that held it lives. */
export function watchMessage(before: State, steps: Steps): Steps {
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

/** Tells whether m is anywhere, and notes who holds it. */
function isThere(state: State): boolean {
  let isAnywhere = false;
  for (const member of state.members) {
    if (member.phase === GONE || !(member.message || member.mergingMessage)) continue;
    isAnywhere = true;
    member.hasHeld = true;
  }
  return isAnywhere;
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
      const due = dueVoters(model, next, member);
      if (due === 0 || hasChanged) continue;
      storeVoters(next, reach.copies, due, reach.owner.version + 1);
      hasChanged = true;
    }
    if (!hasChanged) return false;
  }
}

/** Tells whether some logger serves as things are. */
export function serves(model: Model, state: State): boolean {
  return state.members.some((member) => runs(member) && mayServe(model, state, member.index, member.view));
}
