import type { Message } from '../../shared/message/message.ts';
import { keyAt, LINE_FEED } from '../../shared/message/message-stream.ts';
import { Problem } from '../../shared/message/problem.ts';
import { pauseUntil } from '../../shared/timing/waiting.ts';
import type { Events, StoreResult, Submission } from '../events.ts';
import type { ReadMessages } from '../message-reader.ts';
import { firstKeyAt, timeOf } from './cursor.ts';
import type { Told } from './follow-format.ts';

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

interface Run {
  readonly listeners: Set<(told: Told) => void>;
  members: number;
  readonly over: AbortController;
  /** The keys that were told, of those that may come again: each complete sweep begins it anew. */
  known: Set<string>;
  /** The same, for after the sweep that is under way. */
  renewed: Set<string> | undefined;
  /** Messages that this facade could not say are stored: told if that is said later. */
  readonly unsettled: Set<string>;
  next: string;
  ready: Promise<void>;
}

/** So long after its UUID was made, a message is found by whoever follows: a deadline, its caller's retries, and clocks that differ. */
const OVERLAP_MS = 60_000;
/** How far the clock of another facade may be ahead. */
const AHEAD_MS = 10_000;
/** What was stored through other facades is found by a look at the newest keys, and by one at the whole overlap. */
const TIMES = { lookMs: 500, sweepMs: 5_000 };
const LOOK_BACK_MS = 3_000;
/** Looks take at most a quarter of the time, and sweeps a tenth. */
const LOOK_REST = 3;
const SWEEP_REST = 9;
const MAX_UNSETTLED = 10_000;

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

  function tell(run: Run, UUID: string, line: string): void {
    if (run.known.has(UUID)) return;
    note(run, UUID);
    if (run.listeners.size === 0) return;
    const told = { UUID, line, time: timeOf(UUID) ?? new Date(now()).toISOString(), next: run.next };
    for (const listener of run.listeners) listener(told);
  }

  function note(run: Run, UUID: string): void {
    run.known.add(UUID);
    run.renewed?.add(UUID);
  }

  function onSettled(run: Run, { UUID, msg }: Message, result: StoreResult): void {
    if (result instanceof Problem) {
      if (result.code !== 'unavailable') return;
      run.unsettled.add(UUID);
      for (const oldest of run.unsettled) if (run.unsettled.size > MAX_UNSETTLED) run.unsettled.delete(oldest);
      return;
    }
    const wasUnsettled = run.unsettled.delete(UUID);
    // What was there before was told then.
    if (result.outcome === 'stored' || (result.outcome === 'present' && wasUnsettled))
      tell(run, UUID, JSON.stringify({ UUID, msg }));
  }

  const latestKey = () => firstKeyAt(now() + AHEAD_MS);

  /** Tells what has keys above one, up to those of now. */
  async function look(run: Run, after: string): Promise<void> {
    const end = latestKey();
    for await (const chunk of read({ after }, run.over.signal)) {
      for (let at = 0; at < chunk.length; ) {
        const lineEnd = chunk.indexOf(LINE_FEED, at);
        const UUID = keyAt(chunk, at);
        if (UUID > end) return;
        if (run.known.has(UUID)) run.renewed?.add(UUID);
        else tell(run, UUID, chunk.toString('utf8', at, lineEnd));
        at = lineEnd + 1;
      }
    }
  }

  /** Looks at all keys that may have come late, and moves on from where to go on. */
  async function sweep(run: Run): Promise<void> {
    const next = firstKeyAt(now() - OVERLAP_MS);
    run.renewed = new Set();
    try {
      await look(run, run.next);
      run.known = run.renewed;
      run.next = next;
    } finally {
      run.renewed = undefined;
    }
  }

  async function lookOn(run: Run): Promise<void> {
    const { signal } = run.over;
    let sweepDueMs = performance.now() + times.sweepMs;
    while (!signal.aborted) {
      const beganMs = performance.now();
      const isSweep = beganMs >= sweepDueMs;
      try {
        await (isSweep ? sweep(run) : look(run, firstKeyAt(now() - LOOK_BACK_MS)));
      } catch {
        // Nothing can be read now; it goes on where it was, and nothing is told as read until then.
      }
      const tookMs = performance.now() - beganMs;
      if (isSweep) sweepDueMs = performance.now() + Math.max(times.sweepMs, SWEEP_REST * tookMs);
      await pauseUntil([signal], Math.max(times.lookMs, LOOK_REST * tookMs));
    }
  }

  function begin(): Run {
    const run: Run = {
      listeners: new Set(),
      members: 0,
      over: new AbortController(),
      known: new Set(),
      renewed: undefined,
      unsettled: new Set(),
      next: firstKeyAt(now() - OVERLAP_MS),
      ready: Promise.resolve(),
    };
    const settled = ({ message }: Submission, result: StoreResult) => onSettled(run, message, result);
    events.on('settled', settled);
    run.over.signal.addEventListener('abort', () => events.off('settled', settled), { once: true });
    // What was stored before is known from here on, and not told.
    run.ready = sweep(run).then(() => void lookOn(run));
    return run;
  }

  return {
    async join(listener) {
      current ??= begin();
      const run = current;
      run.members++;
      let isMember = true;
      function leave(): void {
        if (!isMember) return;
        isMember = false;
        run.listeners.delete(listener);
        run.members--;
        if (run.members > 0) return;
        if (current === run) current = undefined;
        run.over.abort();
      }
      try {
        await run.ready;
      } catch (error) {
        leave();
        throw error;
      }
      run.listeners.add(listener);
      return {
        next: () => run.next,
        mayTell: (UUID) =>
          !run.known.has(UUID) &&
          ((UUID > run.next && UUID < latestKey()) || run.unsettled.has(UUID) || isUnderWay(UUID)),
        leave,
      };
    },
  };
}
