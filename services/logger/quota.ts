import type { Log } from '../shared/log.ts';
import type { Message } from '../shared/message.ts';

/** A number in the members' memory that all loggers share, with three copies like the messages. */
export interface SharedNumber {
  /** Reads it; undefined if it is not there. */
  get(): Promise<number | undefined>;
  /** Sets it if it is still `expected` (undefined: not there); false if another logger was faster. */
  replace(expected: number | undefined, next: number): Promise<boolean>;
}

/** The room in the members' memory, in bytes as costOf counts them. Loggers share it, and none can take too much. */
export interface Quota {
  /** Takes room before something is stored; false if there is not enough. Throws what the calls to the member throw. */
  take(bytes: number): Promise<boolean>;
  /** Gives back room that was taken and is known not to be used. */
  giveBack(bytes: number): void;
}

interface Options {
  readonly limitBytes: number;
  /** How much of the limit is reserved, by all loggers together. */
  readonly reserved: SharedNumber;
  /** Counts what is really stored, in bytes as costOf counts them. */
  readonly countStored: () => Promise<number>;
  readonly log: Log;
}

/**
 * What a member holds for a message beside its text: key, records, and an index entry. Measured on members 5.7.0: 300
 * bytes while three members share the index, 514 when one is left and has all of it (docs/decisions.md).
 */
const OVERHEAD_BYTES = 512;
/** A logger reserves a 256th of the limit at a time, so that storing seldom has to ask. */
const SHARES = 256;
/** A recount leaves a 16th of the limit for what other loggers have reserved and not stored yet. */
const RECOUNT_SLACK = 1 / 16;

/** The bytes that a message takes of each member's memory, at most; its text is held as UTF-8. */
export function costOf({ msg }: Message): number {
  return OVERHEAD_BYTES + Buffer.byteLength(msg);
}

/**
 * Creates a logger's part of the quota. It reserves room in the shared number before it stores, by compare-and-set, so
 * the limit holds however many loggers store at once. What becomes of a message may be unknown (a member left in the
 * middle), and a logger that is killed has not used all it reserved; both are taken for stored. So before the room counts
 * as used up for good, what is there is counted.
 */
export function createQuota({ limitBytes, reserved, countStored, log }: Options): Quota {
  /** Reserved by this logger and not used yet. */
  let ownBytes = 0;
  let reserving: Promise<boolean> | undefined;
  /** What the shared number was when a recount last confirmed it. */
  let confirmed: number | undefined;
  let isRecounting = false;

  async function reserve(bytes: number): Promise<boolean> {
    for (;;) {
      const before = await reserved.get();
      if (before === undefined) {
        // The members were started anew, and are empty; or there are messages from before there was a quota.
        await reserved.replace(undefined, await countStored());
        continue;
      }
      const room = limitBytes - before;
      if (room < bytes) {
        if (before !== confirmed && !isRecounting) void recount(before);
        return false;
      }
      const share = Math.min(room, Math.max(bytes, Math.ceil(limitBytes / SHARES)));
      if (await reserved.replace(before, before + share)) {
        ownBytes += share;
        return true;
      }
    }
  }

  /** Lowers the shared number if much less is stored; not if it has changed meanwhile. */
  async function recount(before: number): Promise<void> {
    isRecounting = true;
    try {
      const next = Math.ceil((await countStored()) + limitBytes * RECOUNT_SLACK);
      if (next >= before) confirmed = before;
      else if (await reserved.replace(before, next))
        log.info(`counted what is stored: room for ${before - next} more bytes`);
    } catch (error) {
      log.debug({ err: error }, 'could not count what is stored');
    } finally {
      isRecounting = false;
    }
  }

  return {
    async take(bytes) {
      while (ownBytes < bytes) {
        if (reserving !== undefined) {
          await reserving; // for another batch; perhaps it brings enough for this one
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
  };
}
