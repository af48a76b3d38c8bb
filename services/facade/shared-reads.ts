import { countLines, type LineChunks, lastKey, type ReadRange } from '../shared/message-stream.ts';
import type { Span } from '../shared/tracer.ts';
import { type SharedReader, shareRead } from './shared-read.ts';

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
interface Caller {
  readonly signal: AbortSignal;
  readonly sinceMs: number;
  readonly callers: readonly Span[];
  /** Called when its turn has come. */
  readonly begin: (reader: SharedReader) => void;
}

/** The callers that want to read one range. */
interface Queue {
  readonly name: string;
  readonly range: ReadRange;
  /** How many reads have begun and have not brought anything yet. */
  underWay: number;
  waiting: Caller[];
  timer: NodeJS.Timeout | undefined;
}

/** Nobody waits longer than this for the read before. */
const MAX_WAIT_MS = 500;
/** Some ten chunks; each group of readers may take so much for those of it that are slow. */
const KEPT_BYTES = 2 * 1_048_576;

/**
 * Makes callers that read the same range at the same time share one read, as messages share a commit: a caller that finds
 * none that is beginning reads at once; those that come meanwhile wait, and share the next read. It begins after all of them
 * have come, so that it has whatever was acknowledged before.
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
    const { waiting } = queue;
    queue.waiting = [];
    queue.underWay++;
    const oldestMs = Math.min(...waiting.map(({ sinceMs }) => sinceMs));
    const callers = waiting.flatMap((caller) => caller.callers);
    const join = shareRead({
      read: (signal) => read(queue.range, signal, { waitedMs: performance.now() - oldestMs, callers }),
      keptBytes: KEPT_BYTES,
      onBegun: () => end(queue),
    });
    for (const [{ signal, begin }, reader] of waiting.map((caller) => [caller, join()] as const)) {
      if (signal.aborted) reader.leave();
      else signal.addEventListener('abort', () => reader.leave(), { once: true });
      begin(reader);
    }
  }

  function end(queue: Queue): void {
    queue.underWay--;
    if (queue.waiting.length > 0) begin(queue);
    else if (queue.underWay === 0) queues.delete(queue.name);
  }

  return async function* readShared(range, signal, { callers = [] } = {}) {
    const queue = queueOf(range);
    const sinceMs = performance.now();
    const turn = new Promise<SharedReader>((resolve) => {
      queue.waiting.push({ signal, sinceMs, callers, begin: resolve });
    });
    if (queue.underWay === 0) begin(queue);
    else queue.timer ??= setTimeout(() => begin(queue), MAX_WAIT_MS);
    const reader = await turn;
    let waitedMs: number | undefined;
    let left = range.limit;
    let last: Buffer | undefined;
    try {
      for (;;) {
        signal.throwIfAborted();
        const chunk = await reader.next();
        signal.throwIfAborted();
        if (chunk === 'end') return;
        if (chunk === 'behind') break;
        waitedMs ??= performance.now() - sinceMs;
        if (left !== undefined) left -= countLines(chunk);
        last = chunk;
        yield chunk;
      }
    } finally {
      reader.leave();
    }
    const rest = { ...range, ...(last && { after: lastKey(last) }), ...(left !== undefined && { limit: left }) };
    yield* read(rest, signal, { waitedMs: waitedMs ?? performance.now() - sinceMs, callers });
  };
}
