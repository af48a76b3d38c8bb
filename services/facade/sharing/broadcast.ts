import type { LineChunks } from '../../shared/message/message-stream.ts';

/** How long those who are slow may hold up the others, all together, before they have to go on by themselves. */
const MAX_HELD_MS = 2_000;

/** One of those who share a read. */
export interface Subscriber {
  /** Gives the next chunk, or says that there is none: the read has ended, or this one was too slow. Throws what the read threw. */
  next(): Promise<Buffer | 'end' | 'behind'>;
  /** Says that it wants no more, and why; the read ends when all have left, with the reason of the last. */
  leave(reason?: unknown): void;
}

interface Options {
  /** Begins the read. It is called once, when the first subscriber wants a chunk. */
  readonly open: (signal: AbortSignal) => Promise<LineChunks>;
  /** How much is kept for those who are slower than the fastest. */
  readonly keptBytes: number;
  /** Called when the first chunk has come, or nothing ever will. */
  readonly onBegun: () => void;
}

/**
 * Makes one read serve several subscribers; the function it gives adds one, before any of them has taken a chunk. What the
 * fastest has taken is kept for the others, up to a number of bytes; then it waits for them, but no longer than two seconds
 * in all. Who is slower has to go on by itself: nobody is held up for long, and nothing grows. Not to wait at all would make
 * many reads of one where all are slow (docs/decisions/reading.md).
 */
export function broadcast({ open, keptBytes, onBegun }: Options): () => Subscriber {
  const allLeft = new AbortController();
  let iterator: AsyncIterator<Buffer> | undefined;
  /** Each with the number of the chunk that it takes next. */
  const readers = new Set<{ at: number }>();
  const kept: Buffer[] = [];
  let keptFrom = 0;
  let bytes = 0;
  let isEnded = false;
  let heldMs = 0;
  /** The fetch under way. A failed one stays, so that later subscribers see its error. */
  let fetching: Promise<void> | undefined;
  /** Called when the chunk that was kept longest is dropped. */
  let onRoom = () => {};

  function dropFirst(): void {
    bytes -= kept.shift()?.length ?? 0;
    keptFrom++;
    onRoom();
  }

  /** Drops what all have taken, but for those who are behind already. */
  function dropTaken(): void {
    const least = Math.min(...[...readers].map(({ at }) => at).filter((at) => at >= keptFrom));
    while (kept.length > 0 && keptFrom < least) dropFirst();
  }

  /** Waits until there is room for more; when it has waited for long enough, makes some. */
  async function makeRoom(): Promise<void> {
    while (bytes > keptBytes && kept.length > 0) {
      const sinceMs = performance.now();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, MAX_HELD_MS - heldMs);
        onRoom = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      onRoom = () => {};
      heldMs += performance.now() - sinceMs;
      if (heldMs >= MAX_HELD_MS && bytes > keptBytes) dropFirst();
    }
  }

  async function fetchNext(): Promise<void> {
    try {
      await makeRoom();
      iterator ??= (await open(allLeft.signal))[Symbol.asyncIterator]();
      const next = await iterator.next();
      if (next.done) isEnded = true;
      else {
        kept.push(next.value);
        bytes += next.value.length;
      }
      fetching = undefined;
    } finally {
      onBegun();
    }
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
      leave(reason) {
        if (!readers.delete(reader)) return;
        if (readers.size > 0) return dropTaken();
        if (!isEnded) allLeft.abort(reason);
        iterator?.return?.().catch(() => {});
        onBegun();
      },
    };
  };
}
