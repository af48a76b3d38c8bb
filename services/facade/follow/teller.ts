import type { Message } from '../../shared/message/message.ts';
import { encodeLines } from '../../shared/message/message-stream.ts';
import { Problem } from '../../shared/message/problem.ts';
import type { StoreResult } from '../events.ts';
import { timeOf } from './cursor.ts';
import type { Told } from './follow-format.ts';

/** Tells listeners of messages, each once. */
export interface Teller {
  readonly listeners: Set<(told: Told) => void>;
  /** Where to go on: what has smaller keys was told, or is not told any more. */
  next: string;
  /** Tells of a message, given as a line, unless it was told. */
  tell(UUID: string, line: () => string): void;
  /** Tells of what this facade stored. */
  answered(message: Message, result: StoreResult): void;
  isKnown(UUID: string): boolean;
  /** Whether this facade may say later that the message is stored. */
  isUnsettled(UUID: string): boolean;
  /** Begins to forget the keys that are not met from now on; they are forgotten when `end` is called with true. */
  renew(): { end(isWhole: boolean): void };
}

/** How many keys a facade keeps that are in no other place: the oldest are forgotten first. */
const MAX_KEPT = 10_000;

function addTo(kept: Set<string>, UUID: string): void {
  kept.add(UUID);
  for (const oldest of kept) {
    if (kept.size <= MAX_KEPT) return;
    kept.delete(oldest);
  }
}

/** Creates a teller; `now` gives milliseconds since 1970, and `latest` the key up to which is looked. */
export function createTeller(first: string, now: () => number, latest: () => string): Teller {
  const listeners = new Set<(told: Told) => void>();
  let known = new Set<string>();
  /** What stays of `known`. */
  let renewed: Set<string> | undefined;
  /** Messages that the facade could not say are stored: callers may send them again. */
  const unsettled = new Set<string>();
  /** Told before their keys' time: a look meets them later. */
  const ahead = new Set<string>();
  const isKnown = (UUID: string) => known.has(UUID) || ahead.has(UUID);

  const teller: Teller = {
    listeners,
    next: first,
    tell(UUID, line) {
      renewed?.add(UUID);
      unsettled.delete(UUID);
      if (isKnown(UUID)) return;
      known.add(UUID);
      if (UUID > latest() && timeOf(UUID) !== undefined) addTo(ahead, UUID);
      if (listeners.size === 0) return;
      const time = timeOf(UUID) ?? new Date(now()).toISOString();
      const told = { UUID, line: line(), time, next: teller.next };
      for (const listener of listeners) listener(told);
    },
    answered({ UUID, msg }, result) {
      if (result instanceof Problem) {
        if (result.code === 'unavailable' && !isKnown(UUID)) addTo(unsettled, UUID);
        return;
      }
      if (result.outcome === 'conflict') return;
      const wasUnsettled = unsettled.delete(UUID);
      // What was there before was told then, unless nobody could say that it was there.
      if (result.outcome === 'stored' || (result.outcome === 'present' && wasUnsettled))
        teller.tell(UUID, () => encodeLines([{ UUID, msg }]).toString().trimEnd());
    },
    isKnown,
    isUnsettled: (UUID) => unsettled.has(UUID),
    renew() {
      const kept = new Set<string>();
      renewed = kept;
      return {
        end(isWhole) {
          if (isWhole) known = kept;
          renewed = undefined;
        },
      };
    },
  };
  return teller;
}
