import type { Message } from '../../shared/message/message.ts';
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

/** The keys that a facade keeps for callers who send a message again: they are in no other place. */
const MAX_UNSETTLED = 10_000;

/** Creates a teller; `now` gives milliseconds since 1970. */
export function createTeller(first: string, now: () => number): Teller {
  const listeners = new Set<(told: Told) => void>();
  let known = new Set<string>();
  /** What stays of `known`. */
  let renewed: Set<string> | undefined;
  /** Messages that the facade could not say are stored. */
  const unsettled = new Set<string>();

  const teller: Teller = {
    listeners,
    next: first,
    tell(UUID, line) {
      renewed?.add(UUID);
      if (known.has(UUID)) return;
      known.add(UUID);
      if (listeners.size === 0) return;
      const time = timeOf(UUID) ?? new Date(now()).toISOString();
      const told = { UUID, line: line(), time, next: teller.next };
      for (const listener of listeners) listener(told);
    },
    answered({ UUID, msg }, result) {
      if (result instanceof Problem) {
        if (result.code === 'unavailable') unsettled.add(UUID);
        for (const oldest of unsettled) if (unsettled.size > MAX_UNSETTLED) unsettled.delete(oldest);
        return;
      }
      const wasUnsettled = unsettled.delete(UUID);
      // What was there before was told then, unless nobody could say that it was there.
      if (result.outcome === 'stored' || (result.outcome === 'present' && wasUnsettled))
        teller.tell(UUID, () => JSON.stringify({ UUID, msg }));
    },
    isKnown: (UUID) => known.has(UUID),
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
