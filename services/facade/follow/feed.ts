import { keyAt, LINE_FEED } from '../../shared/message/message-stream.ts';
import { pauseUntil } from '../../shared/timing/waiting.ts';
import type { Events, StoreResult, Submission } from '../events.ts';
import type { ReadMessages } from '../message-reader.ts';
import { firstKeyAt, timeOf } from './cursor.ts';
import type { Told } from './follow-format.ts';
import { createTeller, type Teller } from './teller.ts';

interface Options {
  readonly events: Events;
  readonly read: ReadMessages;
  /** Whether this facade has a message under way. */
  readonly isUnderWay: (UUID: string) => boolean;
  /** Gives milliseconds since 1970. */
  readonly now?: () => number;
  readonly times?: { readonly lookMs: number; readonly sweepMs: number };
}

/** What a follower has of the feed. */
export interface Membership {
  /** Who goes on after this UUID misses nothing of what comes from now on. */
  next(): string;
  /** Whether the message of a UUID may still be told. */
  mayTell(UUID: string): boolean;
  leave(): void;
}

/** Tells of each message as it is stored, once, while somebody listens. */
export interface Feed {
  /** Resolves when each message that is acknowledged from now on will be told; throws a Problem if no logger can be read. */
  join(listener: (told: Told) => void): Promise<Membership>;
}

/** From the first listener to the last. */
interface Run {
  members: number;
  readonly teller: Teller;
  readonly over: AbortController;
  readonly ready: Promise<void>;
}

/** How late a message may be stored after its UUID was made: a deadline, its caller's retries, and clocks that differ. */
const OVERLAP_MS = 60_000;
/** How far the clock of another facade may be ahead. */
const AHEAD_MS = 10_000;
/** What others store is found by looks at the newest keys, and by sweeps over the whole overlap. */
const TIMES = { lookMs: 500, sweepMs: 5_000 };
const LOOK_BACK_MS = 3_000;
/**
 * How long to rest, in times of what the read took: looks take a quarter of the time, and sweeps a tenth. The longest rest, in times
 * of the least: a read that waited for a logger took long, but cost nothing.
 */
const REST = { look: { factor: 3, longest: 10 }, sweep: { factor: 9, longest: 4 } };

/**
 * Creates the feed of a facade. It listens to what this facade stores, and reads the newest keys again and again for what others
 * store: the map is the truth, so no logger's death can hide a message. Nothing runs while nobody listens.
 */
export function createFeed({ events, read, isUnderWay, now: clock = Date.now, times = TIMES }: Options): Feed {
  let current: Run | undefined;
  let latestMs = 0;

  /** Like this facade's UUIDs, it does not go back. */
  function now(): number {
    latestMs = Math.max(latestMs, clock());
    return latestMs;
  }
  const latestKey = () => firstKeyAt(now() + AHEAD_MS);

  /** Tells what has keys above one, up to those of now: what is above has other versions, and may be much. */
  async function look({ tell }: Teller, after: string, signal: AbortSignal): Promise<void> {
    const latest = latestKey();
    for await (const chunk of read({ after }, signal)) {
      for (let at = 0; at < chunk.length; ) {
        const start = at;
        const end = chunk.indexOf(LINE_FEED, start);
        const UUID = keyAt(chunk, start);
        if (UUID > latest) return;
        tell(UUID, () => chunk.toString('utf8', start, end));
        at = end + 1;
      }
    }
  }

  /** Looks at all keys that may have come late, and moves on from where to go on. */
  async function sweep(teller: Teller, signal: AbortSignal): Promise<void> {
    const next = firstKeyAt(now() - OVERLAP_MS);
    const renewal = teller.renew();
    let isWhole = false;
    try {
      await look(teller, teller.next, signal);
      isWhole = true;
      teller.next = next;
    } finally {
      renewal.end(isWhole);
    }
  }

  async function lookOn(teller: Teller, signal: AbortSignal): Promise<void> {
    let sweepDueMs = performance.now() + times.sweepMs;
    let lookedAt = now();
    while (!signal.aborted) {
      const beganMs = performance.now();
      const beganAt = now();
      const rest = (leastMs: number, { factor, longest }: { readonly factor: number; readonly longest: number }) =>
        Math.min(longest * leastMs, Math.max(leastMs, factor * (performance.now() - beganMs)));
      try {
        if (beganMs >= sweepDueMs) {
          await sweep(teller, signal);
          sweepDueMs = performance.now() + rest(times.sweepMs, REST.sweep);
        } else await look(teller, firstKeyAt(lookedAt - LOOK_BACK_MS), signal);
        lookedAt = beganAt;
      } catch {
        // Nothing can be read now. The next one begins where this one did.
      }
      await pauseUntil([signal], rest(times.lookMs, REST.look));
    }
  }

  function begin(): Run {
    const teller = createTeller(firstKeyAt(now() - OVERLAP_MS), now, latestKey);
    const over = new AbortController();
    const answered = ({ message }: Submission, result: StoreResult) => teller.answered(message, result);
    events.on('answered', answered);
    over.signal.addEventListener('abort', () => events.off('answered', answered));
    // What was stored before is known after this, and told to nobody: none listens yet.
    const ready = sweep(teller, over.signal).then(() => void lookOn(teller, over.signal));
    return { members: 0, teller, over, ready };
  }

  function leave(run: Run): void {
    run.members--;
    if (run.members > 0) return;
    if (current === run) current = undefined;
    run.over.abort();
  }

  return {
    async join(listener) {
      current ??= begin();
      const run = current;
      const { teller, ready } = run;
      run.members++;
      try {
        await ready;
      } catch (error) {
        leave(run);
        throw error;
      }
      teller.listeners.add(listener);
      return {
        next: () => teller.next,
        mayTell: (UUID) =>
          !teller.isKnown(UUID) &&
          ((UUID > teller.next && timeOf(UUID) !== undefined) || teller.isUnsettled(UUID) || isUnderWay(UUID)),
        leave() {
          if (teller.listeners.delete(listener)) leave(run);
        },
      };
    },
  };
}
