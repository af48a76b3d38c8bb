import type { Member, State } from './state.ts';

/** So many seats of one member can be told apart at one time: a start or a merge gives a member a new one. */
export const SEATS = 6;
/** The seats of the first member. */
export const ONE_MEMBER = (1 << SEATS) - 1;

/** Gives all the seats that a member can have. */
export function seatsOf(index: number): number {
  return ONE_MEMBER << (index * SEATS);
}

/** Gives a member the first seat that nothing refers to. */
export function takeSeat(state: State, member: Member, isNewProcess: boolean): void {
  const used = usedSeats(state) & seatsOf(member.index);
  const seat = used === 0 ? 1 << (member.index * SEATS) : 1 << (32 - Math.clz32(used));
  if ((seat & seatsOf(member.index)) === 0) throw new RangeError('too many seats of one member');
  member.seat = seat;
  member.starts = (member.starts & (seat - 1)) | (isNewProcess ? seat : 0);
}

/** Gives all seats that anything in a state refers to. */
export function usedSeats(state: State): number {
  let used = state.store.view | state.store.voters | state.read.view | state.read.voters;
  for (const member of state.members) {
    used |= member.seat | member.view | member.known | member.voters | member.mergingVoters;
    used |= member.changeFrom | member.changeTo;
  }
  return used;
}

/** Counts the seats of a set. */
export function sizeOf(seats: number): number {
  let size = 0;
  for (let rest = seats; rest !== 0; rest &= rest - 1) size++;
  return size;
}
