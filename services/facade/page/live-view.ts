import type { ServerResponse } from 'node:http';
import { Problem } from '../../shared/message/problem.ts';
import { pauseUntil } from '../../shared/timing/waiting.ts';
import type { Events, Logger } from '../events.ts';
import type { LoggerPool } from '../logger-pool.ts';
import { createAudit } from './audit.ts';
import { createCounters } from './counters.ts';
import type { Inspect, MapLayout } from './inspector.ts';
import { createLatestMessages } from './latest-messages.ts';
import { createLiveFeed } from './live-feed.ts';
import { createPace } from './pace.ts';
import { loggerStatuses, type MemberAddresses, memberStatuses } from './system-status.ts';
import { type WriteWatch, watchWrites } from './write-watch.ts';

/** What the page shows of the lab, where there is one. */
export interface ShownLab {
  /** Each order from the page has to carry it. */
  readonly token: string;
  status(): object;
}

interface Options {
  readonly events: Events;
  readonly pool: LoggerPool<Logger>;
  readonly memberAddresses: MemberAddresses;
  readonly inspect: Inspect;
  readonly lab: ShownLab | undefined;
}

/** What the page shows as it happens. */
export interface LiveView {
  /** Sends events on an answer for as long as its reader stays; throws a Problem if too many watch already. */
  show(response: ServerResponse): void;
  readonly waysOf: WriteWatch['waysOf'];
  close(): void;
}

const FRAME_MS = 200;
const STATUS_MS = 500;
const LAYOUT_TIMEOUT_MS = 1_000;
const CHECK_TIMEOUT_MS = 2_000;

/** Creates the view. It always notes what becomes of messages; while nobody watches, that is all it does. */
export function createLiveView({ events, pool, memberAddresses: addresses, inspect, lab }: Options): LiveView {
  const pace = createPace(Date.now);
  const { counts, ways, waysOf } = watchWrites(events, (way, text) => {
    pace.note(way.tookMs);
    watching?.audit.add(way.UUID);
    watching?.latest.note({ UUID: way.UUID, msg: text }, way);
  });
  let watching: ReturnType<typeof watch> | undefined;
  const feed = createLiveFeed({
    onWatched(isWatched) {
      watching?.end();
      watching = isWatched ? watch() : undefined;
    },
  });

  /** Begins to look at the map, and to tell of it, until `end`. */
  function watch() {
    const latest = createLatestMessages(() => performance.now());
    const audit = createAudit({
      async findMissing(UUIDs) {
        const how = { body: { UUIDs } };
        return (await inspect<{ missing: readonly string[] }>('/map/missing', CHECK_TIMEOUT_MS, how)).missing;
      },
      now: () => performance.now(),
    });
    const counters = createCounters(Date.now);
    const seen = new Set<string>();
    const ended = new AbortController();
    let last: object | undefined;
    let lastSecond = pace.seconds().at(-1)?.second ?? 0;

    for (const { UUID } of ways) audit.add(UUID);
    const framing = setInterval(() => {
      const frame = latest.take();
      if (frame !== undefined) feed.send('tail', frame);
    }, FRAME_MS).unref();

    async function keepTelling(): Promise<void> {
      while (!ended.signal.aborted) {
        const startMs = performance.now();
        last = await look();
        if (ended.signal.aborted) return;
        feed.send('status', last);
        await pauseUntil([ended.signal], Math.max(STATUS_MS / 5, startMs + STATUS_MS - performance.now()));
      }
    }

    async function look(): Promise<object> {
      // Before the map is asked: whatever is counted here is stored by then.
      const before = counts();
      const layout = await inspect<MapLayout>('/map/layout', LAYOUT_TIMEOUT_MS).catch(() => undefined);
      if (layout?.isFresh) counters.compare(before, layout, counts());
      await audit.lookUp(layout?.members);
      const loggers = loggerStatuses(pool, before, addresses);
      const seconds = pace.seconds(lastSecond);
      lastSecond = seconds.at(-1)?.second ?? lastSecond;
      const { kept, checked, missing } = audit.state();
      // While the map cannot be asked, the last figures are shown, with their time.
      const { short, ...counted } = counters.figures();
      return {
        at: Date.now(),
        counters: { ...counted, missing: Math.max(missing, short), kept, checked },
        loggers,
        members: memberStatuses({ addresses, layout, loggers, seen }),
        layout: layout ?? null,
        safe: layout?.safe ?? null,
        pace: seconds,
        ...(lab === undefined ? {} : { lab: lab.status() }),
      };
    }

    void keepTelling();
    return {
      latest,
      audit,
      last: () => last,
      end() {
        ended.abort();
        clearInterval(framing);
      },
    };
  }

  return {
    show(response) {
      if (!feed.add(response))
        throw new Problem('unavailable', 'Too many pages are open. The messages are not affected.');
      feed.sendTo(response, 'hello', { seconds: pace.seconds(), hasLab: lab !== undefined });
      const last = watching?.last();
      if (last !== undefined) feed.sendTo(response, 'status', last);
    },
    waysOf,
    close() {
      watching?.end();
      feed.close();
    },
  };
}
