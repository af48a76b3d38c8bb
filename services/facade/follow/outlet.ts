import type { ServerResponse } from 'node:http';
import { cutUntaken, UNTAKEN_MS } from '../../shared/http/read-answer.ts';
import { Problem } from '../../shared/message/problem.ts';
import { waitAtMost } from '../../shared/timing/waiting.ts';
import { type FollowFormat, formatBegin, formatEnd, formatKeepAlive, formatTold, type Told } from './follow-format.ts';

/** What one follower is sent. */
export interface Outlet {
  /** Sends messages; throws a Problem if the follower has not taken what it was sent before. */
  tell(messages: readonly Told[]): void;
  /** Resolves when the follower has taken enough to be sent more; throws a Problem if that takes too long. */
  taken(signal: AbortSignal): Promise<void>;
  /** Keeps a silent connection open. */
  keepAlive(next: string): void;
  /** Ends with a line that says why, and where to go on. */
  end(problem: Problem): void;
}

/** A follower that leaves more than this untaken is too slow. */
const MAX_UNTAKEN_BYTES = 1_048_576;

/** Why a follower is dropped that takes messages more slowly than they come. */
export const TOO_SLOW = 'Messages came faster than they were taken.';

/** Creates the outlet of one follower, and sends what comes first. */
export function createOutlet(response: ServerResponse, format: FollowFormat, first: string): Outlet {
  let next = first;
  let lines = formatBegin(first, format);
  let isDue = false;

  /** What was told in one turn of the event loop is written at once. */
  function write(): void {
    isDue = false;
    if (lines !== '' && !response.writableEnded) response.write(lines);
    lines = '';
  }

  function writeSoon(): void {
    if (!isDue) setImmediate(write);
    isDue = true;
  }

  writeSoon();
  cutUntaken(response);
  return {
    tell(messages) {
      if (response.writableLength + lines.length > MAX_UNTAKEN_BYTES) throw new Problem('unavailable', TOO_SLOW);
      for (const message of messages) lines += formatTold(message, format);
      next = messages.at(-1)?.next ?? next;
      writeSoon();
    },
    async taken(signal) {
      write();
      if (!response.writableNeedDrain) return;
      const drained = new Promise<void>((resolve) => response.once('drain', resolve));
      await waitAtMost(drained, UNTAKEN_MS, signal).catch((cause) => {
        signal.throwIfAborted();
        throw new Problem('unavailable', TOO_SLOW, { cause });
      });
    },
    keepAlive(to) {
      next = to;
      lines += formatKeepAlive(to, format);
      writeSoon();
    },
    end(problem) {
      write();
      response.end(formatEnd(problem, next, format));
      setTimeout(() => response.destroy(), UNTAKEN_MS).unref();
    },
  };
}
