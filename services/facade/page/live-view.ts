import type { ServerResponse } from 'node:http';
import { Problem } from '../../shared/message/problem.ts';
import { pauseUntil } from '../../shared/timing/waiting.ts';
import type { Events } from '../events.ts';
import { createLatestMessages } from './latest-messages.ts';
import { createLiveFeed } from './live-feed.ts';
import { createLiveStatus } from './live-status.ts';
import { createPace } from './pace.ts';
import { type WriteWatch, watchWrites } from './write-watch.ts';

type Options = Parameters<typeof createLiveStatus>[2];

/** What the page shows as it happens. */
export interface LiveView {
  /** Sends events on an answer for as long as its reader stays; throws a Problem if too many watch already. */
  show(response: ServerResponse): void;
  readonly waysOf: WriteWatch['waysOf'];
  close(): void;
}

const FRAME_MS = 200;
const STATUS_MS = 500;

/** Creates the view. It always notes what becomes of messages; while nobody watches, that is all it does. */
export function createLiveView(events: Events, options: Options): LiveView {
  const pace = createPace(Date.now);
  const writes = watchWrites(events, (way, text) => {
    pace.note(way.tookMs);
    watching?.status.add(way.UUID);
    watching?.latest.note({ UUID: way.UUID, msg: text }, way);
  });
  let watching: ReturnType<typeof watch> | undefined;
  const feed = createLiveFeed({
    onWatched(isWatched) {
      watching?.end();
      watching = isWatched ? watch() : undefined;
    },
  });

  /** Tells of what happens, and of how all is, until `end`. */
  function watch() {
    const latest = createLatestMessages(() => performance.now());
    const status = createLiveStatus(writes, pace, options);
    const ended = new AbortController();
    let last: object | undefined;

    const framing = setInterval(() => {
      const frame = latest.take();
      if (frame !== undefined) feed.send('tail', frame);
    }, FRAME_MS).unref();
    async function keepTelling(): Promise<void> {
      while (!ended.signal.aborted) {
        const startMs = performance.now();
        // A look that fails, whatever for, must not end the facade: the page keeps the last one, with its time.
        last = await status.look().catch(() => last);
        if (ended.signal.aborted) return;
        if (last !== undefined) feed.send('status', last);
        await pauseUntil([ended.signal], Math.max(STATUS_MS / 5, startMs + STATUS_MS - performance.now()));
      }
    }
    void keepTelling();

    function end(): void {
      ended.abort();
      clearInterval(framing);
    }
    return { latest, status, last: () => last, end };
  }

  return {
    show(response) {
      if (!feed.add(response))
        throw new Problem('unavailable', 'Too many pages are open. The messages are not affected.');
      feed.sendTo(response, 'hello', { seconds: pace.seconds(), hasLab: options.lab !== undefined });
      const last = watching?.last();
      if (last !== undefined) feed.sendTo(response, 'status', last);
    },
    waysOf: writes.waysOf,
    close() {
      watching?.end();
      feed.close();
    },
  };
}
