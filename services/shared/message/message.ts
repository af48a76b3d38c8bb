import { validate } from 'uuid';
import { Problem } from './problem.ts';

/** A message as it is stored: its key, and its text. */
export interface Message {
  readonly UUID: string;
  readonly msg: string;
}

/** The most bytes of UTF-8 that MAX_MESSAGE_BYTES may let a text have. */
export const MOST_MESSAGE_BYTES = 1_048_576;

/** Which part of all messages to read: those after a key, in the order of keys, up to a number of them. */
export interface ReadRange {
  readonly after?: string;
  readonly limit?: number;
}

/** A message on its way, with the trace that it came by. */
export interface TracedMessage extends Message {
  readonly traceparent?: string;
}

/** Checks a UUID (RFC 9562) and gives it in lower case, the one form that is stored; `name` says whose it is. */
export function parseUuid(value: unknown, name: string): string {
  if (typeof value !== 'string' || !validate(value)) throw new Problem('malformed', `${name} must be a UUID.`);
  return value.toLowerCase();
}

/**
 * Checks that a text can be stored: valid Unicode, not blank, at most `maxBytes` bytes of UTF-8.
 * Throws a Problem that says what is wrong.
 */
export function parseText(value: unknown, maxBytes: number): string {
  if (typeof value !== 'string') throw new Problem('malformed', 'msg must be a text (a JSON string).');
  if (!value.isWellFormed()) throw new Problem('malformed', 'msg is not valid Unicode: it has half a surrogate pair.');
  if (value.trim() === '') throw new Problem('malformed', 'msg must not be empty or blank.');
  // UTF-8 takes one to three bytes for each UTF-16 unit; counting is for the texts that are near the limit.
  if (value.length > maxBytes || (3 * value.length > maxBytes && Buffer.byteLength(value) > maxBytes)) {
    throw new Problem('too-large', `msg must be at most ${maxBytes} bytes of UTF-8.`);
  }
  return value;
}

/** Checks a message with both its members, as one service sends it to another. */
export function parseMessage(value: unknown, maxBytes: number): Message {
  const { UUID, msg } = parseMembers(value, ['UUID', 'msg']);
  return { UUID: parseUuid(UUID, 'UUID'), msg: parseText(msg, maxBytes) };
}

/** What may be read of fields: those of known names, each of which may be missing. */
export type Known<Name extends string, Value = unknown> = Readonly<Partial<Record<Name, Value>>>;

/** Checks that a value is an object with no members but the `known` ones. */
export function parseMembers<Name extends string>(value: unknown, known: readonly Name[]): Known<Name> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Problem('malformed', `The body must be an object with ${known.join(' and ')}.`);
  }
  // An unknown member is refused, not passed over: "uuid" for "UUID" would silently lose the protection against repeats.
  const unknown = Object.keys(value).find((name) => !known.some((one) => one === name));
  if (unknown !== undefined) {
    throw new Problem(
      'malformed',
      `There is no member ${JSON.stringify(unknown.slice(0, 40))}; known: ${known.join(', ')}.`,
    );
  }
  return value as Known<Name>;
}
