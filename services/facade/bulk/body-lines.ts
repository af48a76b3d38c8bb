import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Request } from 'express';
import { LINE_FEED } from '../../shared/message/message-stream.ts';
import { Problem } from '../../shared/message/problem.ts';
import { waitAtMost } from '../../shared/timing/waiting.ts';

const INFLATE = new Map([
  ['gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
] as const);

interface Limits {
  readonly maxLineBytes: number;
  /** The longest that the next part of the body may take to arrive. */
  readonly idleMs: number;
}

/**
 * Reads a body line by line, also one without an end; undefined stands for a line of more than `maxLineBytes`. Throws a Problem
 * if the body is of an unknown encoding, or pauses for longer than `idleMs`; the signal's reason when that aborts.
 */
export async function* readLines(
  request: Request,
  { maxLineBytes, idleMs }: Limits,
  signal: AbortSignal,
): AsyncGenerator<Buffer | undefined> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const piece of withoutPauses(inflated(request), idleMs, signal)) {
    let start = 0;
    for (let end = piece.indexOf(LINE_FEED); end !== -1; end = piece.indexOf(LINE_FEED, start)) {
      const isTooLong = restBytes + end - start > maxLineBytes;
      const part = piece.subarray(start, end);
      yield isTooLong ? undefined : rest.length === 0 ? part : Buffer.concat([...rest, part]);
      rest = [];
      restBytes = 0;
      start = end + 1;
    }
    restBytes += piece.length - start;
    // What is too long is not kept, only counted.
    if (restBytes > maxLineBytes) rest = [];
    else rest.push(piece.subarray(start));
  }
  if (restBytes > 0) yield restBytes > maxLineBytes ? undefined : Buffer.concat(rest);
}

function inflated(request: Request): Readable {
  const encoding = request.get('Content-Encoding')?.toLowerCase() ?? 'identity';
  if (encoding === 'identity') return request;
  const create = [...INFLATE].find(([name]) => name === encoding)?.[1];
  if (create === undefined)
    throw new Problem('unsupported-media-type', 'That encoding is not taken here; use gzip, deflate or br.');
  return pipeline(request, create(), () => {}); // its reader gets the error
}

async function* withoutPauses(body: Readable, idleMs: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  const pieces: AsyncIterator<Buffer> = body.iterator({ destroyOnReturn: false }); // the answer goes on
  for (;;) {
    const next = pieces.next();
    let hasEnded = false;
    const ended = next.finally(() => {
      hasEnded = true;
    });
    const { done, value } = await waitAtMost(ended, idleMs, signal).catch((cause) => {
      signal.throwIfAborted();
      if (hasEnded) throw new Problem('malformed', 'The body broke off, or cannot be decoded.', { cause });
      throw new Problem(
        'request-timeout',
        `Nothing came for ${idleMs / 1_000} s. Send the lines behind this one again.`,
      );
    });
    if (done) return;
    yield value;
  }
}
