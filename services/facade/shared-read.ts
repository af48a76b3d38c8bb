import type { LineChunks } from '../shared/message-stream.ts';

/** One of those who share a read. */
export interface SharedReader {
  /** Gives the next chunk, or says that there is none: the read has ended, or this one was too slow. Throws what the read threw. */
  next(): Promise<Buffer | 'end' | 'behind'>;
  /** Says that it wants no more; the read ends when all have left. */
  leave(): void;
}

interface Options {
  readonly read: (signal: AbortSignal) => LineChunks;
  /** How much is kept for those who are slower than the fastest. */
  readonly keptBytes: number;
  /** Called once, when the first chunk has come, or nothing ever will. */
  readonly onBegun: () => void;
}

/**
 * Makes one read serve several readers; the function it gives lets one join, before any of them has taken a chunk. The
 * fastest sets the pace: what it has taken is kept for the others, up to a number of bytes. Who is further behind
 * has to go on by itself, so that a slow reader holds up nobody, and nothing grows.
 */
export function shareRead({ read, keptBytes, onBegun }: Options): () => SharedReader {
  const allLeft = new AbortController();
  const iterator = read(allLeft.signal)[Symbol.asyncIterator]();
  const readers = new Set<{ at: number }>();
  const kept: Buffer[] = [];
  let keptFrom = 0;
  let bytes = 0;
  let isEnded = false;
  let isBegun = false;
  /** The fetch under way; one that failed stays, for those who come to it later. */
  let fetching: Promise<void> | undefined;

  function begun(): void {
    if (!isBegun) onBegun();
    isBegun = true;
  }

  function dropFirst(): void {
    bytes -= kept.shift()?.length ?? 0;
    keptFrom++;
  }

  async function fetchNext(): Promise<void> {
    try {
      const next = await iterator.next();
      if (next.done) isEnded = true;
      else {
        kept.push(next.value);
        bytes += next.value.length;
        while (bytes > keptBytes && kept.length > 1) dropFirst();
      }
      fetching = undefined;
    } finally {
      begun();
    }
  }

  function dropTaken(): void {
    let least = Number.POSITIVE_INFINITY;
    for (const { at } of readers) if (at >= keptFrom) least = Math.min(least, at);
    while (kept.length > 0 && keptFrom < least) dropFirst();
  }

  function end(): void {
    allLeft.abort();
    iterator.return?.().catch(() => {});
    begun();
  }

  return () => {
    const reader = { at: 0 };
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
      leave() {
        if (!readers.delete(reader)) return;
        if (readers.size === 0) end();
        else dropTaken();
      },
    };
  };
}
