import type { ServerResponse } from 'node:http';

/** Who takes nothing of an answer for so long, in ms, is cut off. */
export const UNTAKEN_MS = 30_000;

/** Cuts an answer off whose reader takes nothing of it for `untakenMs`. One of which nothing is left to take waits for more as long as it likes. */
export function cutUntaken(response: ServerResponse, untakenMs = UNTAKEN_MS): void {
  response.setTimeout(untakenMs, () => {
    if (response.writableLength > 0) response.destroy();
  });
}
