import {
  countLines,
  keyAt,
  LINE_FEED,
  type LineChunks,
  lastKey,
  NDJSON,
  type ReadFormat,
  textIn,
} from './message-stream.ts';
import { onOneLine } from './printable.ts';

const COMMA = 0x2c;

/** How messages are to be told. */
export interface FormatOptions {
  readonly limit?: number;
  /** The key that the messages come after. */
  readonly after?: string;
  /** With a limit: gives the key at which a page has to end, if there is one; it is asked again for each chunk. */
  readonly before?: (() => string | undefined) | undefined;
  /** What comes behind the messages: further members of the JSON object, or lines of text. */
  readonly tail?:
    | (() => Promise<{ readonly json: Readonly<Record<string, unknown>>; readonly text: string }>)
    | undefined;
}

/**
 * Turns messages into the body of an answer, chunk by chunk: JSON and NDJSON without parsing a message. Nothing comes before the first
 * chunk has come, or the end. With a limit, `lines` should bring one message more than it: that one tells whether a next page exists.
 */
export function formatMessages(
  lines: LineChunks,
  format: ReadFormat,
  { limit, after, before, tail }: FormatOptions,
): AsyncIterable<Buffer | string> {
  const page = { next: null as string | null };
  const messages = limit === undefined ? lines : cutPage(lines, { limit, after, before }, page);
  switch (format) {
    case NDJSON:
      return messages;
    case 'text/plain':
      return asText(messages, tail);
    case 'application/json':
      return asJson(messages, async () => ({ ...(limit === undefined ? {} : page), ...(await tail?.())?.json }));
  }
}

async function* asJson(chunks: LineChunks, more: () => Promise<object>): AsyncGenerator<Buffer | string> {
  let begin = '{"messages":[';
  for await (const lines of chunks) {
    const elements = Buffer.from(lines); // a copy, as other readers may share the chunk
    for (let at = elements.indexOf(LINE_FEED); at !== -1; at = elements.indexOf(LINE_FEED, at + 1))
      elements[at] = COMMA;
    yield begin;
    yield elements.subarray(0, -1);
    begin = ',';
  }
  if (begin !== ',') yield begin;
  const members = JSON.stringify(await more()).slice(1, -1);
  yield members === '' ? ']}\n' : `],${members}}\n`;
}

async function* asText(chunks: LineChunks, tail: FormatOptions['tail']): AsyncGenerator<string> {
  let separator = '';
  for await (const lines of chunks) {
    yield separator + textOf(lines);
    separator = ' ';
  }
  yield `\n${(await tail?.())?.text ?? ''}`;
}

function textOf(chunk: Buffer): string {
  const lines = chunk.toString('utf8', 0, chunk.length - 1).split('\n');
  return lines
    .map((line) => {
      const text = textIn(line);
      return onOneLine(text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text);
    })
    .join(' ');
}

interface PageEnd {
  readonly limit: number;
  readonly after: string | undefined;
  readonly before: (() => string | undefined) | undefined;
}

/** Below all keys but itself, which is no message's in practice. */
const FIRST_KEY = '00000000-0000-0000-0000-000000000000';

/** Cuts off what does not belong to a page. If anything was cut off, `next` is the page's last key; for an empty page, the key it began after. */
async function* cutPage(
  chunks: LineChunks,
  { limit, after, before }: PageEnd,
  page: { next: string | null },
): AsyncGenerator<Buffer> {
  let left = limit;
  let last = after ?? FIRST_KEY;
  for await (const chunk of chunks) {
    const part = chunk.subarray(0, endOfPage(chunk, left, before?.()));
    if (part.length > 0) {
      left -= countLines(part);
      last = lastKey(part);
      yield part;
    }
    if (part.length < chunk.length) {
      page.next = last;
      return;
    }
  }
}

/** Where in a chunk a page ends that has place for `left` messages, all below `before`. */
function endOfPage(chunk: Buffer, left: number, before: string | undefined): number {
  const isOver = (end: number) => before !== undefined && keyAt(chunk, end) >= before;
  let end = 0;
  for (let lines = 0; end < chunk.length && lines < left && !isOver(end); lines++)
    end = chunk.indexOf(LINE_FEED, end) + 1;
  return end;
}
