import { doneIn } from './notes.ts';
import { SEATS } from './seats.ts';
import type { Member } from './state.ts';

/** Names a member. */
export function nameOf({ index }: Member): string {
  return `member ${index + 1}`;
}

/** Writes a set of seats: {1,2'} are member 1, and member 2 under its second name. */
export function setOf(seats: number): string {
  const names: string[] = [];
  for (let bit = 0; bit < 30; bit++) {
    if ((seats >> bit) & 1) names.push(`${Math.floor(bit / SEATS) + 1}${"'".repeat(bit % SEATS)}`);
  }
  return `{${names.join()}}`;
}

/** Writes which members are on the two sides of a cut. */
export function sideOf(side: number, size: number): string {
  const numbers = Array.from({ length: size }, (_, index) => index);
  const part = (bit: number) =>
    numbers
      .filter((index) => ((side >> index) & 1) === bit)
      .map((index) => index + 1)
      .join();
  return `${part(0)} | ${part(1)}`;
}

/** Says what is noted beside voters. */
export function notedIn(note: number): string {
  const numbers = [1, 2, 3, 4, 5].filter((number) => (doneIn(note) >> (number - 1)) & 1);
  return note === 0 ? 'no note' : `the note "filled by ${numbers.join() || 'none yet'}"`;
}

/** Names what a member still has to put. */
export function entriesOf({ mergingMessage, mergingVoters }: Member): string {
  if (!mergingMessage) return `the voters ${setOf(mergingVoters)} are`;
  return mergingVoters === 0 ? 'm is' : `m and the voters ${setOf(mergingVoters)} are`;
}

/** Lists names: member 1, member 2 and member 3. */
export function listOf(members: readonly Member[]): string {
  const numbers = members.map(({ index }) => String(index + 1));
  const last = numbers.pop() ?? 'none';
  return numbers.length === 0 ? `member ${last}` : `members ${numbers.join(', ')} and ${last}`;
}
