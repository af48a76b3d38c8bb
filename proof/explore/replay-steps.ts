import { runs } from './cluster.ts';
import { counts, type Model, type Steps } from './model.ts';
import { doneIn, idOf, NEW_FILLING, noteOf } from './notes.ts';
import { type Member, memberAt, NO_REQUEST, type State } from './state.ts';
import { type Due, setOut } from './voter-steps.ts';
import { notedIn } from './words.ts';

/** Loggers note that a cluster is to be filled from their disks, and that they have put back all. (How they put it: request-steps.ts.) */
export function replaySteps(model: Model, state: State, steps: Steps): void {
  for (const member of state.members) {
    if (!runs(member) || member.changeTo !== 0 || isToPut(state, member)) continue;
    const due = dueNote(model, state, member);
    if (due === undefined) continue;
    steps.to(setOut(state, member, due), () => `logger ${member.index + 1} sets out to store ${notedIn(due.note)}`);
  }
}

/** Tells whether a logger begins to put back m, which its disk has. */
export function isToReplay(model: Model, state: State, member: Member): boolean {
  return state.store === NO_REQUEST && isToPut(state, member) && dueNote(model, state, member) !== undefined;
}

function isToPut(state: State, { isOnDisk, filled, owner }: Member): boolean {
  const note = noteOf(memberAt(state, owner).version);
  return isOnDisk && note !== 0 && filled !== idOf(note);
}

/** Gives what a logger is to note beside the voters, once it has put back all; undefined if that is done, or its cluster does not count. */
export function dueNote(model: Model, state: State, member: Member): Due | undefined {
  if (model.disks === 'none' || !counts(model, state, member.index, member.known)) return undefined;
  const { voters, version } = memberAt(state, member.owner);
  const note = noteOf(version);
  if (note === 0) return { voters, note: NEW_FILLING };
  return (doneIn(note) >> member.index) & 1 ? undefined : { voters, note: note | (1 << member.index) };
}
