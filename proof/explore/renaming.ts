import { plainOf } from './notes.ts';
import { ONE_MEMBER, SEATS, seatsOf, usedSeats } from './seats.ts';
import { type Member, NO_REQUEST, type Request, type State } from './state.ts';

/** Gives each member its seats anew, without gaps: those that nothing refers to are forgotten. */
export function renameSeats(state: State): void {
  const used = usedSeats(state);
  let hasGaps = false;
  for (const member of state.members) {
    const own = (used >> (member.index * SEATS)) & ONE_MEMBER;
    if ((own & (own + 1)) !== 0) hasGaps = true;
    if ((member.starts & ~used) !== 0) member.starts = startsOf(member, used);
  }
  if (!hasGaps) return;
  const rename = (seats: number) => packed(seats, used, state.members.length);
  for (const member of state.members) {
    member.starts = rename(member.starts);
    member.seat = rename(member.seat);
    member.view = rename(member.view);
    member.known = rename(member.known);
    member.voters = rename(member.voters);
    member.mergingVoters = rename(member.mergingVoters);
    member.changeFrom = rename(member.changeFrom);
    member.changeTo = rename(member.changeTo);
  }
  state.store = renamed(state.store);
  state.read = renamed(state.read);

  function renamed(request: Request): Request {
    if (request === NO_REQUEST) return request;
    return { ...request, view: rename(request.view), voters: rename(request.voters) };
  }
}

/** Lets a process begin with its first seat that is still used. */
function startsOf({ index, starts }: Member, used: number): number {
  let kept = 0;
  let isBegun = false;
  for (let place = 0; place < SEATS; place++) {
    const seat = 1 << (index * SEATS + place);
    if ((starts & seat) !== 0) isBegun = true;
    if (!isBegun || (used & seat) === 0) continue;
    kept |= seat;
    isBegun = false;
  }
  return kept;
}

function packed(seats: number, used: number, size: number): number {
  let result = 0;
  for (let index = 0; index < size; index++) {
    let to = 1 << (index * SEATS);
    for (let rest = used & seatsOf(index); rest !== 0; rest &= rest - 1) {
      if ((seats & rest & -rest) !== 0) result |= to;
      to <<= 1;
    }
  }
  return result;
}

/** Lowers all versions alike: they are only compared with each other. The lowest becomes 1. */
export function lowerVersions(state: State): void {
  let lowest = Number.MAX_SAFE_INTEGER;
  const see = (noted: number) => {
    const version = plainOf(noted);
    if (version > 0 && version < lowest) lowest = version;
  };
  for (const member of state.members) {
    see(member.version);
    see(member.mergingVersion);
    see(member.changeVersion);
  }
  see(state.store.version);
  see(state.read.version);
  if (lowest === 1 || lowest === Number.MAX_SAFE_INTEGER) return;
  const lower = (version: number) => (version > 0 ? version - lowest + 1 : 0);
  for (const member of state.members) {
    member.version = lower(member.version);
    member.mergingVersion = lower(member.mergingVersion);
    member.changeVersion = lower(member.changeVersion);
  }
  if (state.store !== NO_REQUEST) state.store = { ...state.store, version: lower(state.store.version) };
  if (state.read !== NO_REQUEST) state.read = { ...state.read, version: lower(state.read.version) };
}
