import { setTimeout as pause } from 'node:timers/promises';
import { v7 } from 'uuid';
import type { Random } from '../../random.ts';

/** One message as it was posted, and what the facade said. */
export interface FillPost {
  readonly n: number;
  readonly uuid: string;
  /** The HTTP status; 0 if there was no whole answer. */
  readonly status: number;
  /** The problem's `detail`, or what else was answered to a message that was not stored. */
  readonly detail: string;
  readonly hasRetryAfter: boolean;
  readonly tookMs: number;
}

export type FillSize = 'short' | 'any';

const WRITERS = 8;
const PATIENCE_MS = 30_000;
const FILLERS = ['x', 'ж', '漢', '😀'] as const;

/** The text of fill message `n`, as every part of the run can make it anew; about each sixteenth is near 64 KB. */
export function fillText(n: number, size: FillSize): string {
  const filler = FILLERS[n % FILLERS.length] ?? 'x';
  const bytes = size === 'short' || n % 2 === 0 ? 10 + (n % 90) : n % 16 === 1 ? 65_000 : 1_024;
  return `fill:${n}:${filler.repeat(Math.ceil(bytes / Buffer.byteLength(filler)))}`;
}

/** Posts one message with a UUID of the caller's own; never throws. */
export async function postFill(url: string, n: number, uuid: string, msg: string): Promise<FillPost> {
  const began = performance.now();
  const post = (status: number, detail: string, hasRetryAfter = false): FillPost => ({
    n,
    uuid,
    status,
    detail,
    hasRetryAfter,
    tookMs: performance.now() - began,
  });
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ UUID: uuid, msg }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const body = (await response.json()) as { detail?: unknown };
    return post(response.status, String(body.detail ?? ''), response.headers.has('retry-after'));
  } catch (error) {
    return post(0, error instanceof Error ? error.message : 'no reason given');
  }
}

interface Options {
  readonly size: FillSize;
  /** The number of the first message. */
  readonly firstN: number;
  readonly random: Random;
  /** Looks at all posts so far, the newest last; true ends the writing. */
  readonly isOver: (posts: readonly FillPost[]) => boolean;
}

/** Lets several writers post, one message after another each, until it is over; gives all that were posted. */
export async function writeFill(url: string, { size, firstN, random, isOver }: Options): Promise<FillPost[]> {
  const posts: FillPost[] = [];
  let n = firstN;
  async function write(): Promise<void> {
    while (!isOver(posts)) {
      const mine = n++;
      const post = await postFill(url, mine, v7(), fillText(mine, size));
      posts.push(post);
      // Not in step with each other, and not as fast as refusals can come.
      if (post.status !== 201) await pause(random.integer(5, 30));
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, write));
  return posts;
}
