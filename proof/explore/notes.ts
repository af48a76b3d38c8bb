import { isWhole } from '../../services/logger/durable/filling.ts';
import { firstState, type Member, memberAt, NO_REQUEST, type State } from './state.ts';

/*
 * What is noted beside the voters stands in the higher bits of their version: which loggers have put back what their disks have, as bits,
 * and above them an id, another one for each cluster that is filled. 0: nothing is noted.
 */
const VERSION_BITS = 8;
const VERSION = (1 << VERSION_BITS) - 1;
const DONE_BITS = 5;
const DONE = (1 << DONE_BITS) - 1;

/** The note of a filling that begins. It gets its id when it is stored: before nobody knows of it. */
export const NEW_FILLING = 7 << DONE_BITS;

/** Gives a state in which every logger has noted that it is done, with members that never held anything. */
export function filledState(size: number): State {
  const state = firstState(size);
  for (const member of state.members) member.version |= ((1 << DONE_BITS) | ((1 << size) - 1)) << VERSION_BITS;
  return state;
}

/** Gives a state in which all members are new, and logger 1 alone has m, which was acknowledged, on its disk. */
export function lostState(size: number): State {
  const state = { ...firstState(size), isAcknowledged: true };
  memberAt(state, 0).isOnDisk = true;
  return state;
}

/** Gives the note beside voters. */
export function noteOf(version: number): number {
  return version >> VERSION_BITS;
}

/** Gives the version without the note. */
export function plainOf(version: number): number {
  return version & VERSION;
}

/** Gives the version of voters that follow those of a version, with a note beside them. */
export function nextVersion(state: State, version: number, note: number): number {
  const id = note === NEW_FILLING ? 32 - Math.clz32(usedIds(state) >> 1) + 1 : idOf(note);
  if (id >= idOf(NEW_FILLING)) throw new RangeError('too many fillings');
  return (plainOf(version) + 1) | (((id << DONE_BITS) | doneIn(note)) << VERSION_BITS);
}

/** Tells which filling a note is of. */
export function idOf(note: number): number {
  return note >> DONE_BITS;
}

/** Gives the members whose loggers have noted that they are done, as bits. */
export function doneIn(note: number): number {
  return note & DONE;
}

/** Gives a version with other bits for those who are done. */
export function withDone(version: number, done: number): number {
  return (version & ~(DONE << VERSION_BITS)) | (done << VERSION_BITS);
}

/** Tells whether a note says that every logger is done: the product's own code decides. */
export function isFilled(note: number, members: readonly Member[]): boolean {
  if (note === 0) return false;
  const loggers = members.map(({ index }) => `logger-${index + 1}`);
  return isWhole({ id: '', log: '', loggers, done: loggers.filter((_, index) => (note >> index) & 1) });
}

/** Gives fillings their ids anew, without gaps, and forgets those that nothing is noted of. */
export function renameFillings(state: State): void {
  const used = usedIds(state);
  const rename = (id: number) => {
    if (id === 0 || id === idOf(NEW_FILLING)) return id;
    let rank = 1;
    for (let below = 1; below < id; below++) rank += (used >> below) & 1;
    return (used >> id) & 1 ? rank : 0;
  };
  for (const member of state.members) member.filled = rename(member.filled);
  if (((used >> 1) & ((used >> 1) + 1)) === 0) return;
  const renamedNote = (note: number) => (rename(idOf(note)) << DONE_BITS) | doneIn(note);
  const renamed = (version: number) => plainOf(version) | (renamedNote(noteOf(version)) << VERSION_BITS);
  for (const member of state.members) {
    member.version = renamed(member.version);
    member.mergingVersion = renamed(member.mergingVersion);
    member.changeVersion = renamed(member.changeVersion);
    member.changeNote = renamedNote(member.changeNote);
  }
  if (state.store !== NO_REQUEST) state.store = { ...state.store, version: renamed(state.store.version) };
  if (state.read !== NO_REQUEST) state.read = { ...state.read, version: renamed(state.read.version) };
}

/** The ids of the fillings that are noted anywhere, as bits. */
function usedIds(state: State): number {
  let used = 0;
  const see = (note: number) => {
    if (note !== 0 && note !== NEW_FILLING) used |= 1 << idOf(note);
  };
  for (const { version, mergingVersion, changeVersion, changeNote } of state.members) {
    for (const seen of [version, mergingVersion, changeVersion]) see(noteOf(seen));
    see(changeNote);
  }
  see(noteOf(state.store.version));
  see(noteOf(state.read.version));
  return used;
}
