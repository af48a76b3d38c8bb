import type { GetEvent, Seen } from '../history/history.ts';
import { toRanges } from '../history/ranges.ts';
import { claimedNumber, isScenarioText, messageNumberOf } from './texts.ts';

const MOST_INVENTED = 20;
const INVENTED_LENGTH = 80;

interface Options {
  readonly seed: number;
  /** Numbers below it are an earlier window's, which may have had another seed: only their order is looked at. */
  readonly firstN: number;
  /** Whether to keep the UUIDs; the text format has none. */
  readonly withUuids?: boolean;
}

interface Shown {
  /** Empty in the text format. */
  readonly UUID: string;
  readonly msg: string;
}

/** What the body of a whole 200 answer shows; throws if it is not well-formed for its format. */
export function parseSeen(format: GetEvent['format'], body: string, { seed, firstN, withUuids }: Options): Seen {
  const numbers: number[] = [];
  const repeated = new Set<number>();
  const outOfOrder: number[] = [];
  const invented: string[] = [];
  const uuids: Record<number, string> = {};
  let latestKey = '';
  for (const { UUID, msg } of PARSERS[format](body)) {
    const claimed = claimedNumber(msg);
    const isEarlier = claimed !== undefined && claimed < firstN;
    const n = isEarlier ? claimed : messageNumberOf(seed, msg);
    if (n === undefined) {
      if (!isScenarioText(msg) && invented.length < MOST_INVENTED)
        invented.push(msg.slice(0, INVENTED_LENGTH).toWellFormed());
    } else {
      if (UUID < latestKey) outOfOrder.push(n);
      if (!isEarlier) {
        numbers.push(n);
        if (UUID !== '' && UUID === latestKey) repeated.add(n);
        if (withUuids) uuids[n] ??= UUID;
      }
    }
    if (UUID > latestKey) latestKey = UUID;
  }
  const ascending = Float64Array.from(numbers).sort();
  for (let index = 1; index < ascending.length; index++) {
    const n = ascending[index];
    if (n !== undefined && n === ascending[index - 1]) repeated.add(n);
  }
  const seen = { ranges: toRanges(ascending), repeated: [...repeated], invented, outOfOrder };
  return withUuids && format !== 'text' ? { ...seen, uuids } : seen;
}

const PARSERS: Readonly<Record<GetEvent['format'], (body: string) => Iterable<Shown>>> = {
  *text(body) {
    const end = body.indexOf('\n');
    if (end === -1) throw new Error('the text has no line feed behind the messages');
    if (end === 0) return;
    for (const msg of body.slice(0, end).split(' ')) yield { UUID: '', msg };
  },
  *json(body) {
    const answer = JSON.parse(body) as Readonly<Record<string, unknown>> | null;
    if (!Array.isArray(answer?.messages)) throw new Error('the JSON has no array of messages');
    if (!('messagesService' in answer)) throw new Error('the JSON has no messagesService');
    for (const message of answer.messages) yield parseShown(message);
  },
  *ndjson(body) {
    if (body === '') return;
    if (!body.endsWith('\n')) throw new Error('the NDJSON ends within a line');
    for (const line of body.slice(0, -1).split('\n')) yield parseShown(JSON.parse(line));
  },
};

function parseShown(value: unknown): Shown {
  const { UUID, msg } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof UUID !== 'string' || typeof msg !== 'string') throw new Error('a message has no UUID or no msg');
  return { UUID, msg };
}
