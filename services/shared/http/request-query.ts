import type { Request } from 'express';
import type { Known } from '../message/message.ts';
import { Problem } from '../message/problem.ts';
import { gatherFields, parseForm } from './form-fields.ts';

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
