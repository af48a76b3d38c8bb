import type { Log } from '../../shared/observing/log.ts';
import type { SharedEntry } from '../member/shared-entry.ts';
import type { Headroom } from './quota-store.ts';

/** The headroom, and what keeps it right. */
export interface Quota extends Headroom {
  /** Reserves for what was put into the members without being asked for: else the first to store would wait for a count of all. */
  brought(bytes: number): Promise<void>;
  /** Has what is reserved compared with what is stored before long: to be called when members were merged, or may have been. */
  checkSoon(): void;
  /** Ends the checks. */
  close(): void;
}

interface Options {
  readonly limitBytes: number;
  /** How much of the limit is reserved, by all loggers together. */
  readonly reserved: SharedEntry<number>;
  /** Counts what is really stored, in bytes as costOf counts them. */
  readonly countStored: () => Promise<number>;
  readonly log: Log;
  /** How often the two are compared, and how soon after `checkSoon`, or after a comparison that failed. */
  readonly checkEveryMs?: number;
  readonly checkSoonMs?: number;
}

/** A logger reserves a 256th of the limit at a time, so that storing seldom has to ask. */
const SHARES = 256;
/** A count leaves a 16th of the limit for what other loggers have reserved and not stored yet. */
const COUNT_SLACK = 1 / 16;
const CHECK_EVERY_MS = 3_600_000;
/** Until a merge is over reads are refused, and so is a count. */
const CHECK_SOON_MS = 10_000;

/**
 * Creates a logger's part of the quota. It reserves room in the shared number before it stores, by compare-and-set, so
 * the limit holds however many loggers store at once. What becomes of a message may be unknown (a member left in the
 * middle), and a logger that is killed has not used all it reserved; both are taken for stored. And what a merge brings is not
 * reserved at all. So what is there is counted: before anything is refused, after a merge, and once an hour.
 */
export function createQuota(options: Options): Quota {
  const {
    limitBytes,
    reserved,
    countStored,
    log,
    checkEveryMs = CHECK_EVERY_MS,
    checkSoonMs = CHECK_SOON_MS,
  } = options;
  /** Reserved by this logger and not used yet. */
  let ownBytes = 0;
  let reserving: Promise<boolean> | undefined;
  /** What the shared number was when a count last confirmed it. */
  let confirmed: number | undefined;
  let comparing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let nextCheckMs = Number.POSITIVE_INFINITY;

  async function reserve(bytes: number): Promise<boolean> {
    for (;;) {
      const before = await reserved.get();
      const room = limitBytes - (before ?? limitBytes);
      if (before === undefined || (room < bytes && before !== confirmed)) {
        await compare();
        continue;
      }
      if (room < bytes) return false;
      const share = Math.min(room, Math.max(bytes, Math.ceil(limitBytes / SHARES)));
      if (await reserved.replace(before, before + share)) {
        ownBytes += share;
        return true;
      }
    }
  }

  /** Counts what is stored, and puts the shared number right if it is not. */
  function compare(): Promise<void> {
    comparing ??= compareNow().finally(() => {
      comparing = undefined;
    });
    return comparing;
  }

  async function compareNow(): Promise<void> {
    const before = await reserved.get();
    const stored = await countStored();
    // The members were started anew, and are empty; or there are messages from before there was a quota.
    if (before === undefined) return void (await reserved.replace(undefined, stored));
    const right = Math.ceil(stored + limitBytes * COUNT_SLACK);
    for (let now: number | undefined = before; now !== undefined; now = await reserved.get()) {
      // Not if it has changed meanwhile: what was reserved then may be stored and not counted.
      const isTooMuch = now === before && now > right;
      // Whatever is stored was reserved before. Only a merge can bring more than is reserved.
      const isTooLittle = now < stored;
      if (!isTooMuch && !isTooLittle) {
        if (now === before) confirmed = now;
        return;
      }
      if (!(await reserved.replace(now, right))) continue;
      confirmed = right;
      if (isTooMuch) return log.info(`counted what is stored: room for ${now - right} more bytes`);
      return log.warn(`counted what is stored: ${stored - now} bytes more than were reserved`);
    }
  }

  /** Makes a check after so long, or sooner if one is due anyway. */
  function checkIn(ms: number): void {
    const atMs = performance.now() + ms;
    if (atMs >= nextCheckMs) return;
    nextCheckMs = atMs;
    clearTimeout(timer);
    timer = setTimeout(check, ms).unref();
  }

  async function check(): Promise<void> {
    nextCheckMs = Number.POSITIVE_INFINITY;
    try {
      await compare();
      checkIn(checkEveryMs);
    } catch (error) {
      log.debug({ err: error }, 'could not count what is stored');
      checkIn(checkSoonMs);
    }
  }
  checkIn(checkEveryMs);

  return {
    async take(bytes) {
      while (ownBytes < bytes) {
        if (reserving !== undefined) {
          await reserving; // another batch reserves; that may be enough for this one too
          continue;
        }
        reserving = reserve(bytes - ownBytes).finally(() => {
          reserving = undefined;
        });
        if (!(await reserving)) return false;
      }
      ownBytes -= bytes;
      return true;
    },
    giveBack(bytes) {
      ownBytes += bytes;
    },
    async brought(bytes) {
      for (let isDone = false; !isDone; ) {
        const before = await reserved.get();
        isDone = await reserved.replace(before, (before ?? 0) + bytes);
      }
    },
    checkSoon: () => checkIn(checkSoonMs),
    close() {
      clearTimeout(timer);
      nextCheckMs = Number.NEGATIVE_INFINITY;
    },
  };
}
