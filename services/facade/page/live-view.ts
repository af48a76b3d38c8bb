import type { ServerResponse } from 'node:http';
import { Problem } from '../../shared/message/problem.ts';
import { pauseUntil } from '../../shared/timing/waiting.ts';
import type { Logger } from '../events.ts';
import type { LoggerPool } from '../logger-pool.ts';
import { createAudit } from './audit.ts';
import { createCounters } from './counters.ts';
import type { Inspect } from './inspector.ts';
import type { MapLayout } from './inspector-client.ts';
import { createLatestMessages, type LatestMessages } from './latest-messages.ts';
import { createLiveFeed } from './live-feed.ts';
import { createPace } from './pace.ts';
import { loggerStatuses, memberStatuses, partnerOf } from './system-status.ts';
import type { WriteWatch } from './write-watch.ts';

/** What the page shows of the lab, where there is one. */
export interface ShownLab {
  /** Each order from the page has to carry it. */
  readonly token: string;
  status(): object;
}

interface Options {
  readonly pool: LoggerPool<Logger>;
  readonly watch: WriteWatch;
  readonly inspect: Inspect;
  readonly lab: ShownLab | undefined;
}

/** What the page shows as it happens. */
export interface LiveView {
  /** Sends events on an answer for as long as its reader stays; throws a Problem if too many watch already. */
  show(response: ServerResponse): void;
  /** The way of a message that was acknowledged lately, while somebody watched. */
  readonly wayOf: LatestMessages['wayOf'];
  close(): void;
}

const FRAME_MS = 200;
const STATUS_MS = 500;
const LAYOUT_TIMEOUT_MS = 1_000;
const CHECK_TIMEOUT_MS = 2_000;
const CHECKED_AT_A_TIME = 2_000;
/** All that was acknowledged is looked up anew so long after the last time, and when a member has come or gone. */
const CHECK_AGAIN_MS = 10_000;

/** Creates the view. While nobody watches it does nothing, and nothing is told to it. */
export function createLiveView({ pool, watch, inspect, lab }: Options): LiveView {
  const latest = createLatestMessages(() => performance.now());
  const audit = createAudit();
  const pace = createPace(Date.now);
  const feed = createLiveFeed({ onWatched: (isWatched) => (isWatched ? begin() : end()) });
  const counters = createCounters(Date.now);
  const names = new Set<string>();
  let ended = new AbortController();
  let framing: NodeJS.Timeout | undefined;
  let last: object | undefined;
  let lastSecond = 0;
  let checkedMs = 0;
  let lastMembers = '';

  function begin(): void {
    ended = new AbortController();
    pace.clear();
    watch.watch((acknowledged) => {
      latest.note(acknowledged);
      pace.note(acknowledged.tookMs);
      audit.add(acknowledged.message.UUID);
    });
    framing = setInterval(() => {
      const frame = latest.take();
      if (frame !== undefined) feed.send('tail', frame);
    }, FRAME_MS).unref();
    void keepTelling(ended.signal);
  }

  function end(): void {
    ended.abort();
    clearInterval(framing);
    watch.watch(undefined);
    latest.clear();
    audit.clear();
    last = undefined;
    counters.clear();
  }

  async function keepTelling(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const startMs = performance.now();
      const status = await look();
      if (signal.aborted) return;
      last = status;
      feed.send('status', status);
      await pauseUntil([signal], Math.max(STATUS_MS / 5, startMs + STATUS_MS - performance.now()));
    }
  }

  async function look(): Promise<object> {
    // Before the map is asked: whatever is counted here is stored by then.
    const counts = watch.counts();
    const layout = await inspect((client, signal) => client.layout(signal), LAYOUT_TIMEOUT_MS).catch(() => undefined);
    if (layout?.isFresh) counters.compare(counts, layout, watch.counts());
    await checkSome(layout);
    const loggers = loggerStatuses(pool, counts);
    for (const name of layout?.members ?? []) names.add(name);
    const seconds = pace.seconds(lastSecond);
    lastSecond = seconds.at(-1)?.second ?? lastSecond;
    return {
      at: Date.now(),
      counters: figures(),
      loggers,
      members: memberStatuses(memberNames(), layout, loggers),
      layout: layout === undefined ? null : { owners: layout.owners, entries: layout.entries, members: layout.members },
      safe: layout?.safe ?? null,
      pace: seconds,
      viewers: feed.viewers,
      ...(lab === undefined ? {} : { lab: lab.status() }),
    };
  }

  /** Members that were seen, and where they have our names the one of each logger, seen or not. */
  function memberNames(): readonly string[] {
    const partners = pool.loggers.map(({ name }) => partnerOf(name));
    const areOurs = names.size === 0 || [...names].some((name) => partners.includes(name));
    return [...new Set([...names, ...(areOurs ? partners : [])])].sort();
  }

  /** While the map cannot be asked, the last figures are shown, with their time. */
  function figures(): object {
    const { kept, checked, missing } = audit.state();
    const { short, ...counted } = counters.figures();
    return { ...counted, missing: Math.max(missing, short), kept, checked };
  }

  /** Looks up some of what was acknowledged in the map. */
  async function checkSome(layout: MapLayout | undefined): Promise<void> {
    const members = layout?.members.join() ?? '';
    const { kept, checked } = audit.state();
    const isThrough = checked === kept && performance.now() > checkedMs + CHECK_AGAIN_MS;
    if (members !== lastMembers || isThrough) {
      audit.restart();
      checkedMs = performance.now();
    }
    lastMembers = members;
    const due = audit.next(CHECKED_AT_A_TIME);
    if (due.length === 0 || layout === undefined) return;
    const missing = await inspect((client, signal) => client.missing(due, signal), CHECK_TIMEOUT_MS).catch(() => null);
    if (missing !== null) audit.note(due, missing);
  }

  return {
    show(response) {
      if (!feed.add(response))
        throw new Problem('unavailable', 'Too many pages are open. The messages are not affected.');
      feed.sendTo(response, 'hello', { seconds: pace.seconds(), hasLab: lab !== undefined });
      if (last !== undefined) feed.sendTo(response, 'status', last);
    },
    wayOf: latest.wayOf,
    close() {
      end();
      feed.close();
    },
  };
}
