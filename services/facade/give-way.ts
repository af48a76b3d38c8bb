import { pauseUntil } from '../shared/timing/deadline.ts';

/** Waits a moment if messages are being stored: who stores waits for an answer, who reads much can wait a little for more. */
export type GiveWay = () => Promise<void>;

/** How long at a time. */
const GIVE_WAY_MS = 20;
/** The part of its deadline for which one read does so in all. */
const SHARE = 1 / 3;
const LOOK_MS = 2;

/** Creates it for one read, whose deadline is `requestTimeoutMs`; `now` gives milliseconds. */
export function createGiveWay(
  isStoring: () => boolean,
  requestTimeoutMs: number,
  now: () => number = () => performance.now(),
): GiveWay {
  let leftMs = requestTimeoutMs * SHARE;
  return async () => {
    const sinceMs = now();
    const untilMs = sinceMs + Math.min(GIVE_WAY_MS, leftMs);
    while (isStoring() && now() < untilMs) await pauseUntil([], LOOK_MS);
    leftMs -= now() - sinceMs;
  };
}
