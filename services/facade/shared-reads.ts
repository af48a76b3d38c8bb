import { countLines, type LineChunks, lastKey, type ReadRange } from '../shared/message-stream.ts';
import type { Span } from '../shared/tracer.ts';

/** For whom a read is made. */
interface Origin {
  /** For how long its caller has waited already. */
  readonly waitedMs?: number;
  /** The spans of the requests. */
  readonly callers?: readonly Span[];
}

/** Reads the messages of a range. */
export type ReadMessages = (range: ReadRange, signal: AbortSignal, origin?: Origin) => LineChunks;

/** One caller that wants to read a range. */
interface Reader {
  readonly signal: AbortSignal;
  readonly sinceMs: number;
  readonly callers: readonly Span[];
  /** Called when its turn has come: with what it shares, or with nothing if it is alone. */
  readonly begin: (share: Promise<Share> | undefined) => void;
}

/** The first messages of a range, for all who share them. */
interface Share {
  /** Undefined if they would take too much memory to be held for all. */
  readonly chunks: readonly Buffer[] | undefined;
  /** Whether these are all messages of the range. */
  readonly isAll: boolean;
}

/** The readers of one range. */
interface Queue {
  readonly name: string;
  readonly range: ReadRange;
  underWay: number;
  waiting: Reader[];
  timer: NodeJS.Timeout | undefined;
}

/** How many reads of the same range are begun at a time; who comes meanwhile waits for the next one, and shares it. */
const MAX_UNDER_WAY = 2;
/** Nobody waits longer than this for the reads before. */
const MAX_WAIT_MS = 1_000;
const SHARED_MESSAGES = 2_000;
const SHARED_BYTES = 1_048_576;

/**
 * Makes callers that read the same range at the same time share one read, as messages share a commit: a caller that finds
 * few others reads at once; those that come meanwhile wait, and share the next read. It begins after all of them have come,
 * so that it has whatever was acknowledged before. Beyond the first 2,000 messages each goes on by itself.
 */
export function shareReads(read: ReadMessages): ReadMessages {
  const queues = new Map<string, Queue>();

  function queueOf(range: ReadRange): Queue {
    const name = `${range.after ?? ''} ${range.limit ?? ''}`;
    const queue = queues.get(name) ?? { name, range, underWay: 0, waiting: [], timer: undefined };
    queues.set(name, queue);
    return queue;
  }

  /** Begins a read for all who wait. */
  function begin(queue: Queue): void {
    clearTimeout(queue.timer);
    queue.timer = undefined;
    const readers = queue.waiting;
    queue.waiting = [];
    queue.underWay++;
    const share = readers.length > 1 ? fetchShare(read, queue.range, readers) : undefined;
    // They may all have left: then nobody waits for it.
    share?.catch(() => {}).finally(() => end(queue));
    for (const reader of readers) reader.begin(share);
  }

  function end(queue: Queue): void {
    queue.underWay--;
    if (queue.waiting.length > 0) begin(queue);
    else if (queue.underWay === 0) queues.delete(queue.name);
  }

  return async function* readShared(range, signal, { callers = [] } = {}) {
    const queue = queueOf(range);
    const sinceMs = performance.now();
    const waitedMs = () => performance.now() - sinceMs;
    // In an object: a promise cannot be resolved with a promise that it does not wait for.
    const turn = new Promise<{ readonly share: Promise<Share> | undefined }>((resolve) => {
      queue.waiting.push({ signal, sinceMs, callers, begin: (share) => resolve({ share }) });
    });
    if (queue.underWay < MAX_UNDER_WAY) begin(queue);
    else queue.timer ??= setTimeout(() => begin(queue), MAX_WAIT_MS);
    const { share } = await turn;
    if (share === undefined) {
      // Others may begin as soon as it has its first messages: its reader may take the rest slowly.
      let isBeginning = true;
      const begun = () => {
        if (isBeginning) end(queue);
        isBeginning = false;
      };
      try {
        for await (const chunk of read(range, signal, { waitedMs: waitedMs(), callers })) {
          begun();
          yield chunk;
        }
      } finally {
        begun();
      }
      return;
    }
    signal.throwIfAborted();
    const { chunks, isAll } = await share;
    signal.throwIfAborted();
    const beforeMs = waitedMs();
    if (chunks !== undefined) yield* chunks;
    if (isAll) return;
    const { limit } = range;
    const rest = limit === undefined ? {} : { limit: limit - SHARED_MESSAGES };
    const last = chunks?.at(-1);
    yield* read(last === undefined ? range : { after: lastKey(last), ...rest }, signal, {
      waitedMs: beforeMs,
      callers,
    });
  };
}

/** Reads the first messages of a range for all who share them; ends when they have all left. */
async function fetchShare(read: ReadMessages, range: ReadRange, readers: readonly Reader[]): Promise<Share> {
  const allLeft = new AbortController();
  let left = 0;
  for (const { signal } of readers) {
    const leave = () => {
      if (++left === readers.length) allLeft.abort();
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  }
  const limit = Math.min(range.limit ?? Number.POSITIVE_INFINITY, SHARED_MESSAGES);
  const oldestMs = Math.min(...readers.map(({ sinceMs }) => sinceMs));
  const chunks: Buffer[] = [];
  let count = 0;
  let bytes = 0;
  const origin = { waitedMs: performance.now() - oldestMs, callers: readers.flatMap(({ callers }) => callers) };
  for await (const chunk of read({ ...range, limit }, allLeft.signal, origin)) {
    chunks.push(chunk);
    count += countLines(chunk);
    bytes += chunk.length;
    if (bytes > SHARED_BYTES) return { chunks: undefined, isAll: false };
  }
  return { chunks, isAll: count < SHARED_MESSAGES || count === range.limit };
}
