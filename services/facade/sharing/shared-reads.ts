import { countLines, lastKey, type ReadRange } from '../../shared/message/message-stream.ts';
import type { TraceContext } from '../../shared/message/trace.ts';
import type { ReadMessages } from '../message-reader.ts';
import { type SharedReader, shareRead } from './shared-read.ts';

/** One caller that wants to read a range. */
interface Caller {
  readonly signal: AbortSignal;
  readonly callers: readonly TraceContext[];
}

/** One that waits for the read before to begin. */
interface WaitingCaller extends Caller {
  readonly sinceMs: number;
  /** Called when its turn has come. */
  readonly begin: (reader: SharedReader) => void;
}

/** The callers that want to read one range. */
interface Queue {
  readonly name: string;
  readonly range: ReadRange;
  /** How many reads have begun and have not brought anything yet. */
  underWay: number;
  waiting: WaitingCaller[];
  timer: NodeJS.Timeout | undefined;
  /** Has one more caller share the read that has begun and not been sent yet; undefined if there is none. */
  join: ((caller: Caller) => SharedReader) | undefined;
}

/** Nobody waits longer than this for the read before. */
const MAX_WAIT_MS = 500;
/** Some ten chunks; each group of readers may take so much for those of it that are slow. */
const KEPT_BYTES = 2 * 1_048_576;

/**
 * Makes callers that read the same range at the same time share one read, as messages share a commit: a caller that finds
 * none that is beginning reads at once; those that come meanwhile wait, and share the next read. While that waits for its turn,
 * more may join: it is sent after all of them have come, so that it has whatever was acknowledged before. So however many
 * callers there are, and however slow the loggers, no more than one read of a range waits.
 */
export function shareReads(read: ReadMessages): ReadMessages {
  const queues = new Map<string, Queue>();

  function queueOf(range: ReadRange): Queue {
    const name = `${range.after ?? ''} ${range.limit ?? ''}`;
    const queue = queues.get(name) ?? { name, range, underWay: 0, waiting: [], timer: undefined, join: undefined };
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
    const close = () => {
      if (queue.join === join) queue.join = undefined;
    };
    const share = shareRead({
      read: (signal) => read(queue.range, signal, { waitedMs: performance.now() - oldestMs, callers, onSent: close }),
      keptBytes: KEPT_BYTES,
      onBegun: () => {
        close();
        end(queue);
      },
    });
    const join = (caller: Caller) => {
      callers.push(...caller.callers);
      return leaveOnAbort(share(), caller.signal);
    };
    queue.join = join;
    // All of them at first: when the last one leaves, the read ends.
    const readers = waiting.map(share);
    for (const [index, { signal, begin }] of waiting.entries()) {
      begin(leaveOnAbort(readers[index] as SharedReader, signal));
    }
  }

  /** Waits for the read that comes after the one that is beginning. */
  function waitForNext(queue: Queue, caller: Omit<WaitingCaller, 'begin'>): Promise<SharedReader> {
    const turn = new Promise<SharedReader>((resolve) => {
      queue.waiting.push({ ...caller, begin: resolve });
    });
    if (queue.underWay === 0) begin(queue);
    else queue.timer ??= setTimeout(() => begin(queue), MAX_WAIT_MS);
    return turn;
  }

  function end(queue: Queue): void {
    queue.underWay--;
    if (queue.waiting.length > 0) begin(queue);
    else if (queue.underWay === 0) queues.delete(queue.name);
  }

  return async function* readShared(range, signal, { callers = [] } = {}) {
    const queue = queueOf(range);
    const sinceMs = performance.now();
    const reader = await (queue.join?.({ signal, callers }) ?? waitForNext(queue, { signal, callers, sinceMs }));
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

function leaveOnAbort(reader: SharedReader, signal: AbortSignal): SharedReader {
  if (signal.aborted) reader.leave(signal.reason);
  else signal.addEventListener('abort', () => reader.leave(signal.reason), { once: true });
  return reader;
}
