import type { Write } from './message-writer.ts';

/** Which messages are under way, with UUIDs above one, from now until `end`. */
export interface UnderWay {
  /** The earliest UUID of those that are, or were at some time since; undefined if there was none. */
  earliest(): string | undefined;
  end(): void;
}

/**
 * Wraps a writer, and remembers what is being stored. A page of a read ends before the first of these messages: the next page begins
 * behind this one, and would miss them.
 */
export function trackWrites(write: Write): {
  readonly write: Write;
  readonly underWay: (after: string) => UnderWay;
  readonly isUnderWay: (UUID: string) => boolean;
} {
  /** UUIDs, and how often each is under way. */
  const writes = new Map<string, number>();
  /** Called for each that comes. */
  const watchers = new Set<(UUID: string) => void>();

  function end(UUID: string): void {
    const others = (writes.get(UUID) ?? 1) - 1;
    if (others === 0) writes.delete(UUID);
    else writes.set(UUID, others);
  }

  return {
    isUnderWay: (UUID) => writes.has(UUID),
    write(message, trace) {
      const { UUID } = message;
      const written = write(message, trace);
      writes.set(UUID, (writes.get(UUID) ?? 0) + 1);
      for (const note of watchers) note(UUID);
      return written.finally(() => end(UUID));
    },
    underWay(after) {
      let earliest: string | undefined;
      function note(UUID: string): void {
        if (UUID > after && (earliest === undefined || UUID < earliest)) earliest = UUID;
      }
      for (const UUID of writes.keys()) note(UUID);
      watchers.add(note);
      return { earliest: () => earliest, end: () => watchers.delete(note) };
    },
  };
}
