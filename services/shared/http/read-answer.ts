import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { ReadRange } from '../message/message.ts';
import { type FormatOptions, formatMessages } from '../message/message-format.ts';
import { type LineChunks, READ_FORMATS, type ReadFormat } from '../message/message-stream.ts';
import { Problem } from '../message/problem.ts';

/** Who takes nothing of an answer for so long, in ms, is cut off. */
export const UNTAKEN_MS = 30_000;

/** Cuts an answer off whose reader takes nothing of it for `untakenMs`. One of which nothing is left to take waits for more as long as it likes. */
export function cutUntaken(response: ServerResponse, untakenMs = UNTAKEN_MS): void {
  response.setTimeout(untakenMs, () => {
    if (response.writableLength > 0) response.destroy();
  });
}

/** Chooses the format that the caller likes best; one that accepts none of them gets the default, plain text. */
export function chooseFormat(request: Request): ReadFormat {
  const [byDefault] = READ_FORMATS;
  return READ_FORMATS.find((format) => format === request.accepts([...READ_FORMATS])) ?? byDefault;
}

interface Options {
  readonly request: Request;
  readonly response: Response;
  readonly format: ReadFormat;
  readonly range: ReadRange;
  /** Opens the messages of a range; the signal aborts when the reader has left. */
  readonly open: (range: ReadRange, signal: AbortSignal) => LineChunks;
  /** Whether reading is likely to work: all that HEAD asks for. */
  readonly isReadable: () => boolean | Promise<boolean>;
  readonly tail?: FormatOptions['tail'];
  readonly before?: FormatOptions['before'];
}

/**
 * Streams messages as an answer. Nothing is sent before the first of them has come, so that a store that cannot be read
 * gives an error status; after that an error cuts the answer short, which every HTTP client notices.
 */
export async function sendMessages({
  request,
  response,
  format,
  range,
  open,
  isReadable,
  tail,
  before,
}: Options): Promise<void> {
  response.type(format).vary('Accept');
  if (request.method === 'HEAD') {
    if (!(await isReadable())) throw new Problem('unavailable', 'No messages can be read at the moment.');
    return void response.end();
  }
  const left = new AbortController();
  // An abort makes an error, with its stack: only if somebody needs it.
  response.once('close', () => response.writableFinished || left.abort());
  // One more than asked for: it tells whether there is a next page.
  const wider = range.limit === undefined ? range : { ...range, limit: range.limit + 1 };
  try {
    const body = Readable.from(formatMessages(open(wider, left.signal), format, { ...range, before, tail }), {
      objectMode: false,
    });
    await once(body, 'readable');
    cutUntaken(response);
    await pipeline(body, response);
  } catch (error) {
    // A reader that has left wants no answer. Anything else cuts this one, and is logged by who handles it.
    const hasLeft = left.signal.aborted && (error === left.signal.reason || isPrematureClose(error));
    if (!hasLeft) throw error;
  }
}

function isPrematureClose(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';
}
