import type { Message } from './message.ts';

/** The messages that were stored lately, to be stored again when the members may have lost them. */
export interface Journal {
  /** Notes what was stored; `isAlone`: in a part of the cluster that is not the larger one, and may be merged into another. */
  add(messages: readonly Message[], isAlone: boolean): void;
  /** Everything that is kept, in the order in which it was stored. */
  messages(): readonly Message[];
  /** The message stored last. */
  newest(): Message | undefined;
  clear(): void;
}

interface Entry {
  readonly message: Message;
  keptUntilMs: number;
}

/** Longer than it takes until all members agree on who is gone. */
const KEEP_MS = 10_000;
const MAX_LENGTH = 32 * 1_048_576;
const DROP_STEP = 500;

/**
 * Creates a journal; `now` gives milliseconds. What was stored alone is kept until the cluster is larger again, or until the
 * texts are more than 32 Mi characters together: then the oldest go.
 */
export function createJournal(now: () => number = () => performance.now()): Journal {
  let entries: Entry[] = [];
  let length = 0;
  let wasAlone = false;

  function dropOld(): void {
    const time = now();
    // In steps: to move all the others up for each message would cost more than to keep some for longer.
    while ((entries[DROP_STEP - 1]?.keptUntilMs ?? time + 1) <= time || length > MAX_LENGTH) {
      for (const { message } of entries.splice(0, DROP_STEP)) length -= message.msg.length;
    }
  }

  return {
    add(messages, isAlone) {
      const keptUntilMs = isAlone ? Number.POSITIVE_INFINITY : now() + KEEP_MS;
      if (wasAlone && !isAlone)
        for (const entry of entries) entry.keptUntilMs = Math.min(entry.keptUntilMs, keptUntilMs);
      wasAlone = isAlone;
      for (const message of messages) {
        entries.push({ message, keptUntilMs });
        length += message.msg.length;
      }
      dropOld();
    },
    messages() {
      const time = now();
      return entries.filter(({ keptUntilMs }) => keptUntilMs > time).map(({ message }) => message);
    },
    newest: () => entries.at(-1)?.message,
    clear() {
      entries = [];
      length = 0;
    },
  };
}
