import { flagsOf, lengthOf, type Order, versionsOf, write } from './encoding.ts';
import { renameFillings } from './notes.ts';
import { lowerVersions, renameSeats } from './renaming.ts';
import { ONE_MEMBER, SEATS } from './seats.ts';
import { type Member, SEATED, type State } from './state.ts';

/** Writes states as words, such that those that differ only in the names of members and seats come out alike. */
export interface Canonical {
  /** How many words a state takes. */
  readonly length: number;
  /** Gives the words of a state, until the next call. Renames its seats so that they are consecutive. */
  wordsOf(state: State): Int32Array;
}

/** Creates it for so many members. Where a script names members, no two are alike: `isSymmetric` is false. */
export function createCanonical(size: number, isSymmetric: boolean, isDurable: boolean): Canonical {
  const length = lengthOf(size, isDurable);
  const orders = isSymmetric ? ordersOf(size) : ordersOf(size).slice(0, 1);
  let least = new Int32Array(length);
  let other = new Int32Array(length);
  const marks = new Int32Array(size);
  return {
    length,
    wordsOf(state) {
      renameSeats(state);
      lowerVersions(state);
      if (isDurable) renameFillings(state);
      if (isSymmetric) for (const member of state.members) marks[member.index] = markOf(state, member);
      let isFirst = true;
      for (const order of orders) {
        if (!isAscending(marks, order)) continue;
        write(state, order, other, isDurable);
        if (isFirst || isLess(other, least)) [least, other] = [other, least];
        isFirst = false;
      }
      return least;
    },
  };
}

/** A number that does not depend on the names of members. Only orders in which these ascend have to be tried. */
function markOf(state: State, member: Member): number {
  const shift = member.index * SEATS;
  const own = (seats: number) => (seats >> shift) & ONE_MEMBER;
  let mark = Math.imul(flagsOf(member), 0x9e3779b1) ^ own(member.starts);
  mark = Math.imul(
    mark ^ (mark >>> 15) ^ own(member.view) ^ (own(member.known) << 6) ^ (own(member.voters) << 12),
    0x85ebca6b,
  );
  mark = Math.imul(mark ^ (mark >>> 13) ^ versionsOf(member), 0xc2b2ae35);
  let seen = 0;
  for (const other of state.members) {
    seen +=
      own(other.view) +
      (own(other.voters) << 8) +
      (own(other.known) << 16) +
      (other.phase === SEATED && other.owner === member.index ? 1 << 24 : 0);
  }
  mark = Math.imul(mark ^ (mark >>> 16) ^ seen, 0x27d4eb2f);
  if (state.store.logger === member.index) mark ^= 0x1000193;
  if (state.read.logger === member.index) mark ^= 0x5bd1e995;
  return mark ^ (mark >>> 15);
}

function isAscending(marks: Int32Array, { from }: Order): boolean {
  for (let place = 1; place < from.length; place++) {
    if ((marks[from[place - 1] ?? 0] ?? 0) > (marks[from[place] ?? 0] ?? 0)) return false;
  }
  return true;
}

/** Gives all orders of so many members, that of their numbers first. */
function ordersOf(size: number): Order[] {
  let lists: number[][] = [[]];
  for (let index = 0; index < size; index++) {
    lists = lists.flatMap((list) =>
      Array.from({ length: size }, (_, next) => next)
        .filter((next) => !list.includes(next))
        .map((next) => [...list, next]),
    );
  }
  return lists.map((from) => ({ from, to: from.map((_, index) => from.indexOf(index)) }));
}

function isLess(some: Int32Array, others: Int32Array): boolean {
  for (let at = 0; at < some.length; at++) {
    const difference = (some[at] ?? 0) - (others[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
