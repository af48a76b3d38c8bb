import type { Voters } from './quorum.ts';

/** Writes voters as the text that is stored; a compare-and-set compares it as a whole. */
export function formatVoters({ version, seats, note }: Voters): string {
  return JSON.stringify({ version, seats: seats.map(({ name, process, uuid }) => ({ name, process, uuid })), note });
}

/** Reads a stored text. It is our own, so its shape is taken as it is; throws a SyntaxError if it is none. */
export function parseVoters(text: string): Voters {
  return JSON.parse(text) as Voters;
}
