import type { Seat } from '../member/session.ts';

/** The members of the cluster that counted last, as they are stored beside the messages. */
export interface Voters {
  /** One higher with each change. */
  readonly version: number;
  readonly seats: readonly Seat[];
  /** What a layer of the store keeps beside them. It is gone when nobody may live who had all messages. */
  readonly note?: string;
}

/** What a logger knows when it decides whether the cluster of its member counts. */
export interface Situation {
  /** The members of that cluster. */
  readonly view: readonly Seat[];
  /** The names of all members that there can be. */
  readonly configured: readonly string[];
  /** Undefined where none are stored. */
  readonly voters: Voters | undefined;
  /** Whether a member that is not in the view may live: false only if its process is known to be gone. */
  readonly mayLive: (name: string) => boolean;
  /** Whether for some time no member came or went, no partition moved, and no merge ran. */
  readonly isSettled: boolean;
}

/**
 * Tells whether a cluster has a quorum: whether what is stored and read in it counts. More voters are in it than may live
 * elsewhere. (Dynamic voting: Jajodia and Mutchler, 1990. docs/decisions/cluster.md says what was changed, docs/explore.md which forms
 * of it fall.)
 */
export function hasQuorum({ view, configured, voters, mayLive, isSettled }: Situation): boolean {
  let inside = 0;
  let elsewhere = 0;
  let hasUnmerged = false;
  for (const voter of voters?.seats ?? []) {
    const seat = view.find(({ name }) => name === voter.name);
    if (seat === undefined) {
      if (mayLive(voter.name)) elsewhere++;
    } else if (seat.process === voter.process) {
      // A merge emptied it: it has its copies again once that is settled.
      if (seat.uuid === voter.uuid || isSettled) inside++;
      else elsewhere++;
      hasUnmerged ||= seat.uuid === voter.uuid;
    }
    // Else its process is dead: another one has its place.
  }
  if (hasUnmerged) return inside > elsewhere;
  // Nobody is here who has the messages by itself: they may be where it was merged into. Or they are gone, or there never were any, and
  // a new log begins. Each time all who may live have to be here.
  return isSettled && configured.every((name) => has(view, name) || !mayLive(name));
}

/**
 * Gives the voters that a cluster with a quorum should have: its members, and those voters elsewhere that may live. Only the dead
 * are taken out, never the frozen. Gives `voters` itself where nothing is to be changed.
 */
export function nextVoters({ view, voters, mayLive }: Omit<Situation, 'isSettled' | 'configured'>): Voters {
  const absent = (voters?.seats ?? []).filter(({ name }) => !has(view, name) && mayLive(name));
  const seats = [...view, ...absent].sort((one, other) => (one.name < other.name ? -1 : 1));
  if (voters !== undefined && isSame(seats, voters.seats)) return voters;
  // As many voters are here, and not merged, as are not: else those could have stored without them, and died.
  const here = voters?.seats.filter(({ uuid }) => view.some((seat) => seat.uuid === uuid)).length ?? 0;
  const note = here > 0 && 2 * here >= (voters?.seats.length ?? 0) ? voters?.note : undefined;
  return { version: (voters?.version ?? 0) + 1, seats, ...(note === undefined ? {} : { note }) };
}

/**
 * Tells whether a cluster with a quorum serves before `next` is stored, as long as not every copy is in its place: if one of its voters is in it,
 * and what is noted beside them holds.
 */
export function servesUnder({ view, voters }: Pick<Situation, 'view' | 'voters'>, next: Voters): boolean {
  const isIn = (voter: Seat) => view.some(({ process }) => process === voter.process);
  return voters?.seats.some(isIn) === true && next.note === voters.note;
}

/** Tells whether two lists name the same seats, in whatever order. */
export function isSame(some: readonly Seat[], others: readonly Seat[]): boolean {
  return some.length === others.length && some.every((seat) => others.some(({ uuid }) => uuid === seat.uuid));
}

function has(view: readonly Seat[], name: string): boolean {
  return view.some((seat) => seat.name === name);
}
