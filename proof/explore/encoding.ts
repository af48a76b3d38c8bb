import { doneIn, noteOf, plainOf, withDone } from './notes.ts';
import { ONE_MEMBER, SEATS } from './seats.ts';
import { type Member, NO_REQUEST, type Request, SEATED, type State } from './state.ts';

const MEMBER_WORDS = 8;
const REQUEST_WORDS = 4;

/** An order of the members: `from[place]` stands in a place, and `to[index]` is the place of a member. */
export interface Order {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Tells how many words a state of so many members takes; with disks, one more for what each member has noted. */
export function lengthOf(size: number, isDurable: boolean): number {
  return size * MEMBER_WORDS + 2 * REQUEST_WORDS + 1 + (isDurable ? size : 0);
}

/** Gives what is true or false of a member, and its phase. */
export function flagsOf(member: Member): number {
  return (
    member.phase |
    (member.isFrozen ? 4 : 0) |
    (member.hasCopy ? 8 : 0) |
    (member.message ? 16 : 0) |
    (member.mergingMessage ? 32 : 0) |
    (member.hasHeld ? 64 : 0) |
    (member.isOnDisk ? 128 : 0)
  );
}

/** Gives the versions that a member has, without what is noted beside the voters. */
export function versionsOf({ version, mergingVersion, changeVersion }: Member): number {
  return plainOf(version) | (plainOf(mergingVersion) << 8) | (plainOf(changeVersion) << 16);
}

/** Writes a state as words, its members in an order. */
export function write(state: State, order: Order, words: Int32Array, isDurable: boolean): void {
  const { from, to } = order;
  let at = 0;
  for (const index of from) {
    const member = state.members[index];
    if (member === undefined) continue;
    const shift = index * SEATS;
    const owner = member.phase === SEATED ? (to[member.owner] ?? 0) : 0;
    const seat = (member.seat >> shift) & ONE_MEMBER;
    words[at++] =
      flagsOf(member) |
      (owner << 8) |
      (((member.starts >> shift) & ONE_MEMBER) << 12) |
      (seat << 18) |
      (placesOf(member.refused, to) << 24) |
      (member.filled << 29);
    const changeAt = member.changeAt === -1 ? 0 : (to[member.changeAt] ?? 0) + 1;
    words[at++] = versionsOf(member) | (changeAt << 24);
    words[at++] = moved(member.view, to);
    words[at++] = moved(member.known, to);
    words[at++] = moved(member.voters, to);
    words[at++] = moved(member.mergingVoters, to);
    words[at++] = moved(member.changeFrom, to);
    words[at++] = moved(member.changeTo, to);
  }
  at = writeRequest(state.store, order, words, at);
  at = writeRequest(state.read, order, words, at);
  words[at++] =
    (state.isAcknowledged ? 1 : 0) |
    (state.faults << 1) |
    (sideOf(state.cut, to) << 8) |
    (state.isCutOff ? 1 << 13 : 0);
  if (isDurable) writeNotes(state, order, words, at);
}

function writeNotes({ members }: State, { from, to }: Order, words: Int32Array, begin: number): void {
  let at = begin;
  for (const index of from) {
    const member = members[index];
    if (member === undefined) continue;
    const { version, mergingVersion, changeVersion, changeNote } = member;
    const notes = [version, mergingVersion, changeVersion, changeNote << 8].map((of) => noteOf(movedVersion(of, to)));
    words[at++] = notes.reduce((all, note, place) => all | (note << (8 * place)), 0);
  }
}

function movedVersion(version: number, to: readonly number[]): number {
  const done = doneIn(noteOf(version));
  return done === 0 ? version : withDone(version, placesOf(done, to));
}

function writeRequest({ logger, phase, view, voters, version }: Request, { to }: Order, words: Int32Array, at: number) {
  words[at] = (logger === -1 ? 0 : (to[logger] ?? 0) + 1) | (phase << 4);
  words[at + 1] = moved(view, to);
  words[at + 2] = moved(voters, to);
  words[at + 3] = movedVersion(version, to);
  return at + REQUEST_WORDS;
}

function moved(seats: number, to: readonly number[]): number {
  if (seats === 0) return 0;
  let result = 0;
  for (let index = 0; index < to.length; index++) {
    result |= ((seats >> (index * SEATS)) & ONE_MEMBER) << ((to[index] ?? 0) * SEATS);
  }
  return result;
}

function placesOf(indexes: number, to: readonly number[]): number {
  let places = 0;
  for (let index = 0; index < to.length; index++) places |= ((indexes >> index) & 1) << (to[index] ?? 0);
  return places;
}

/** Of the two sides of a cut, the one without the first place is written. */
function sideOf(cut: number, to: readonly number[]): number {
  const side = placesOf(cut, to);
  return side & 1 ? ~side & ((1 << to.length) - 1) : side;
}

/** Reads a state of so many members from the words that begin somewhere. */
export function read(words: Int32Array, begin: number, size: number, isDurable: boolean): State {
  let at = begin;
  const notesAt = begin + lengthOf(size, false);
  const word = () => words[at++] ?? 0;
  const members: Member[] = [];
  for (let index = 0; index < size; index++) {
    const flags = word();
    const versions = word();
    const notes = isDurable ? (words[notesAt + index] ?? 0) : 0;
    const versionAt = (place: number) => ((versions >> place) & 255) | (((notes >> place) & 255) << 8);
    const shift = index * SEATS;
    members.push({
      index,
      phase: flags & 3,
      isFrozen: (flags & 4) !== 0,
      seat: ((flags >> 18) & ONE_MEMBER) << shift,
      starts: ((flags >> 12) & ONE_MEMBER) << shift,
      view: word(),
      known: word(),
      refused: (flags >> 24) & 31,
      owner: (flags >> 8) & 7,
      hasCopy: (flags & 8) !== 0,
      message: (flags & 16) !== 0,
      voters: word(),
      version: versionAt(0),
      mergingMessage: (flags & 32) !== 0,
      mergingVoters: word(),
      mergingVersion: versionAt(8),
      hasHeld: (flags & 64) !== 0,
      changeFrom: word(),
      changeVersion: versionAt(16),
      changeTo: word(),
      changeAt: ((versions >> 24) & 7) - 1,
      changeNote: notes >>> 24,
      isOnDisk: (flags & 128) !== 0,
      filled: flags >>> 29,
    });
  }
  const store = readRequest();
  const readUnderWay = readRequest();
  const last = word();
  const cut = (last >> 8) & ((1 << size) - 1);
  const marks = { isAcknowledged: (last & 1) !== 0, isCutOff: (last & (1 << 13)) !== 0 };
  return { members, cut, ...marks, faults: (last >> 1) & 127, store, read: readUnderWay };

  function readRequest(): Request {
    const first = word();
    const request = { logger: (first & 15) - 1, phase: first >> 4, view: word(), voters: word(), version: word() };
    return first === 0 ? NO_REQUEST : request;
  }
}
