import type { Request } from 'express';
import type { Known } from '../message/message.ts';
import { Problem } from '../message/problem.ts';

/** A field of a form, or of an address. */
export type Field = readonly [name: string, value: string];

/** Reads fields in the encoding of forms; throws a Problem for what is not valid UTF-8 in it. */
export function parseForm(text: string): Field[] {
  try {
    // Strict, which URLSearchParams is not: it would store something else than was sent.
    decodeURIComponent(text);
  } catch (cause) {
    throw new Problem('malformed', 'The fields are not valid UTF-8 in percent-encoding.', { cause });
  }
  return [...new URLSearchParams(text)];
}

/** Makes an object of fields; throws a Problem that names one that stands twice. */
export function gatherFields(fields: readonly Field[]): Record<string, string> {
  const gathered = new Map(fields);
  if (gathered.size < fields.length) {
    const names = fields.map(([name]) => name);
    const twice = names.find((name, index) => names.indexOf(name) < index) ?? '';
    throw new Problem('malformed', `The field ${JSON.stringify(twice.slice(0, 40))} stands twice.`);
  }
  return Object.fromEntries(gathered);
}

/**
 * Gives the parameters in a request's address. Throws a Problem that names one that stands twice, or is none of the `known` ones:
 * a misspelt `limit` would silently mean all messages. Only known ones can be read from what it gives.
 */
export function parseQuery<Name extends string>({ url }: Request, known: readonly Name[]): Known<Name, string> {
  const at = url.indexOf('?');
  if (at === -1) return {} as Known<Name, string>;
  const fields = gatherFields(parseForm(url.slice(at + 1)));
  const unknown = Object.keys(fields).find((name) => !known.some((one) => one === name));
  if (unknown === undefined) return fields as Known<Name, string>;
  const names = known.length === 0 ? 'none' : known.join(', ');
  throw new Problem('malformed', `There is no parameter ${JSON.stringify(unknown.slice(0, 40))}; known: ${names}.`);
}
