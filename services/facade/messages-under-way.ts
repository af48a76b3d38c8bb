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
} {
  /** A UUID may be under way more than once. */
  const writes = new Set<{ readonly UUID: string }>();
  /** Called for each that comes. */
  const watchers = new Set<(message: { readonly UUID: string }) => void>();
  return {
    write(message, trace) {
      const written = write(message, trace);
      writes.add(message);
      for (const note of watchers) note(message);
      return written.finally(() => writes.delete(message));
    },
    underWay(after) {
      let earliest: string | undefined;
      function note({ UUID }: { readonly UUID: string }): void {
        if (UUID > after && (earliest === undefined || UUID < earliest)) earliest = UUID;
      }
      for (const message of writes) note(message);
      watchers.add(note);
      return { earliest: () => earliest, end: () => watchers.delete(note) };
    },
  };
}
