import type { ReadRange } from '../../shared/message/message.ts';
import type { TraceContext } from '../../shared/message/trace.ts';
import { pauseUntil } from '../../shared/timing/waiting.ts';
import type { ReadMessages } from '../message-reader.ts';
import { restOf } from '../read-client.ts';
import { broadcast, type Subscriber } from './broadcast.ts';

/** A read that was not sent yet. */
interface Upcoming {
  /** Those it is made for. */
  readonly callers: TraceContext[];
  readonly subscribe: () => Subscriber;
}

/** Nobody waits longer than this for the read before. */
const MAX_WAIT_MS = 500;
/** Some ten chunks; each group of readers may take so much for those of it that are slow. */
const KEPT_BYTES = 2 * 1_048_576;

/**
 * Makes callers that read the same range at the same time share one read, as messages share a commit. A caller that is alone
 * reads at once. Those that come until that read has brought something share the next one: it is sent after all of them have
 * come, so that it has whatever was acknowledged before. So however many callers there are, and however slow the loggers, no
 * more than one read of a range waits.
 */
export function coalesceReads(read: ReadMessages): ReadMessages {
  /** By their ranges: the reads that may be joined, and the latest ones that have not begun to bring anything. */
  const upcoming = new Map<string, Upcoming>();
  const latest = new Map<string, AbortSignal>();

  function prepare(name: string, range: ReadRange): Upcoming {
    const sinceMs = performance.now();
    const callers: TraceContext[] = [];
    const before = latest.get(name);
    const begun = new AbortController();
    latest.set(name, begun.signal);
    const close = () => {
      if (upcoming.get(name)?.callers === callers) upcoming.delete(name);
    };
    const subscribe = broadcast({
      async open(signal) {
        if (before !== undefined) await pauseUntil([before, signal], MAX_WAIT_MS);
        return read(range, signal, { waitedMs: performance.now() - sinceMs, callers, onSent: close });
      },
      keptBytes: KEPT_BYTES,
      onBegun() {
        close();
        begun.abort();
        if (latest.get(name) === begun.signal) latest.delete(name);
      },
    });
    const prepared = { callers, subscribe };
    upcoming.set(name, prepared);
    return prepared;
  }

  return async function* readCoalesced(range, signal, { callers = [] } = {}) {
    const sinceMs = performance.now();
    const name = `${range.after ?? ''} ${range.limit ?? ''}`;
    const shared = upcoming.get(name) ?? prepare(name, range);
    shared.callers.push(...callers);
    const subscriber = shared.subscribe();
    signal.addEventListener('abort', () => subscriber.leave(signal.reason), { once: true });
    let waitedMs: number | undefined;
    let rest = range;
    try {
      for (;;) {
        signal.throwIfAborted();
        const chunk = await subscriber.next();
        signal.throwIfAborted();
        if (chunk === 'end') return;
        if (chunk === 'behind') break;
        waitedMs ??= performance.now() - sinceMs;
        rest = restOf(rest, chunk);
        yield chunk;
      }
    } finally {
      subscriber.leave();
    }
    yield* read(rest, signal, { waitedMs: waitedMs ?? performance.now() - sinceMs, callers });
  };
}
