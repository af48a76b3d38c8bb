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

/** Messages that were stored together. */
interface Entry {
  readonly messages: readonly Message[];
  readonly length: number;
  keptUntilMs: number;
}

/** Longer than it takes until all members agree on who is gone. */
const KEEP_MS = 10_000;
const MAX_LENGTH = 32 * 1_048_576;

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
    for (let [oldest] = entries; oldest !== undefined; [oldest] = entries) {
      if (oldest.keptUntilMs > time && length <= MAX_LENGTH) return;
      length -= oldest.length;
      entries.shift();
    }
  }

  return {
    add(messages, isAlone) {
      const keptUntilMs = isAlone ? Number.POSITIVE_INFINITY : now() + KEEP_MS;
      if (wasAlone && !isAlone)
        for (const entry of entries) entry.keptUntilMs = Math.min(entry.keptUntilMs, keptUntilMs);
      wasAlone = isAlone;
      const added = messages.reduce((sum, { msg }) => sum + msg.length, 0);
      if (messages.length > 0) entries.push({ messages, length: added, keptUntilMs });
      length += added;
      dropOld();
    },
    messages() {
      const time = now();
      return entries.filter(({ keptUntilMs }) => keptUntilMs > time).flatMap(({ messages }) => messages);
    },
    newest: () => entries.at(-1)?.messages.at(-1),
    clear() {
      entries = [];
      length = 0;
    },
  };
}
