import type { LineChunks } from '../../shared/message/message-stream.ts';

/** How long one reader, and all of them, may hold up the others before they have to go on by themselves. */
const MAX_HELD_MS = 1_000;
const MAX_HELD_BY_ALL_MS = 5_000;

/** One of those who share a read. */
export interface SharedReader {
  /** Gives the next chunk, or says that there is none: the read has ended, or this one was too slow. Throws what the read threw. */
  next(): Promise<Buffer | 'end' | 'behind'>;
  /** Says that it wants no more, and why; the read ends when all have left, with the reason of the last. */
  leave(reason?: unknown): void;
}

interface Options {
  readonly read: (signal: AbortSignal) => LineChunks;
  /** How much is kept for those who are slower than the fastest. */
  readonly keptBytes: number;
  /** Called once, when the first chunk has come, or nothing ever will. */
  readonly onBegun: () => void;
}

interface Reader {
  /** The number of the chunk that it takes next. */
  at: number;
  /** How long it held up the others. */
  heldMs: number;
}

/**
 * Makes one read serve several readers; the function it gives lets one join, before any of them has taken a chunk. What the
 * fastest has taken is kept for the others, up to a number of bytes; then it waits for them, but for each no longer than a
 * second in all. Who is slower has to go on by itself: nobody is held up for long, and nothing grows. Not to wait at all would
 * make many reads of one where all are slow (docs/decisions/reading.md).
 */
export function shareRead({ read, keptBytes, onBegun }: Options): () => SharedReader {
  const allLeft = new AbortController();
  const iterator = read(allLeft.signal)[Symbol.asyncIterator]();
  const readers = new Set<Reader>();
  const kept: Buffer[] = [];
  let keptFrom = 0;
  let bytes = 0;
  let isEnded = false;
  let isBegun = false;
  let heldMs = 0;
  /** The fetch under way; one that failed stays, for those who come to it later. */
  let fetching: Promise<void> | undefined;
  /** Called when the chunk that was kept longest has been taken by all. */
  let onRoom = () => {};

  function begun(): void {
    if (!isBegun) onBegun();
    isBegun = true;
  }

  function dropFirst(): void {
    bytes -= kept.shift()?.length ?? 0;
    keptFrom++;
  }

  /** How much longer a reader may hold up the others. */
  const patienceMs = (reader: Reader) => Math.min(MAX_HELD_MS - reader.heldMs, MAX_HELD_BY_ALL_MS - heldMs);

  /** Waits until there is room for more, or those that are slow have held up the others for long enough. */
  async function makeRoom(): Promise<void> {
    while (bytes > keptBytes && kept.length > 0) {
      const slow = [...readers].filter(({ at }) => at === keptFrom);
      const sinceMs = performance.now();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(...slow.map(patienceMs)));
        onRoom = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      const tookMs = performance.now() - sinceMs;
      for (const reader of slow) reader.heldMs += tookMs;
      heldMs += tookMs;
      dropTaken(); // and what those had still to take who held up too long
    }
  }

  async function fetchNext(): Promise<void> {
    try {
      await makeRoom();
      const next = await iterator.next();
      if (next.done) isEnded = true;
      else {
        kept.push(next.value);
        bytes += next.value.length;
      }
      fetching = undefined;
    } finally {
      begun();
    }
  }

  /** Drops what all have taken; and, only as long as there is no room, what those have still to take who held up for too long. */
  function dropTaken(): void {
    const following = [...readers].filter(({ at }) => at >= keptFrom);
    const least = leastAt(following);
    const leastPatient = leastAt(following.filter((reader) => patienceMs(reader) > 0));
    const from = keptFrom;
    while (kept.length > 0 && keptFrom < (bytes > keptBytes ? leastPatient : least)) dropFirst();
    if (keptFrom > from) onRoom();
  }

  function end(reason: unknown): void {
    if (!isEnded) allLeft.abort(reason);
    iterator.return?.().catch(() => {});
    begun();
  }

  return () => {
    const reader: Reader = { at: 0, heldMs: 0 };
    readers.add(reader);
    return {
      async next() {
        for (;;) {
          if (reader.at < keptFrom) return 'behind';
          const chunk = kept[reader.at - keptFrom];
          if (chunk !== undefined) {
            reader.at++;
            dropTaken();
            return chunk;
          }
          if (isEnded) return 'end';
          fetching ??= fetchNext();
          await fetching;
        }
      },
      leave(reason) {
        if (!readers.delete(reader)) return;
        if (readers.size === 0) end(reason);
        else dropTaken();
      },
    };
  };
}

function leastAt(readers: readonly Reader[]): number {
  return Math.min(...readers.map(({ at }) => at));
}
