import type { Logger } from '../events.ts';
import type { LoggerPool } from '../logger-pool.ts';
import { createAudit } from './audit.ts';
import { createCounters } from './counters.ts';
import type { Inspect, MapLayout } from './inspector.ts';
import type { Pace } from './pace.ts';
import { loggerStatuses, type MemberAddresses, memberStatuses } from './system-status.ts';
import type { WriteWatch } from './write-watch.ts';

/** What the page shows of the lab, where there is one. */
export interface ShownLab {
  /** Each order from the page has to carry it. */
  readonly token: string;
  status(): object;
}

interface Options {
  readonly pool: LoggerPool<Logger>;
  readonly memberAddresses: MemberAddresses;
  readonly inspect: Inspect;
  readonly lab: ShownLab | undefined;
}

/** How all is, again and again, from one moment on. */
export interface LiveStatus {
  /** Notes that a message was acknowledged: it has to be in the map from now on. */
  add(UUID: string): void;
  /** Looks at the map, and gives what the page shows of it and of all parts. */
  look(): Promise<object>;
}

const LAYOUT_TIMEOUT_MS = 1_000;
const CHECK_TIMEOUT_MS = 2_000;

/** Creates the status; the messages that were acknowledged lately are looked up as well. */
export function createLiveStatus(writes: WriteWatch, pace: Pace, options: Options): LiveStatus {
  const { pool, memberAddresses: addresses, inspect, lab } = options;
  const audit = createAudit({
    async findMissing(UUIDs) {
      const how = { body: { UUIDs }, has: 'missing' };
      return (await inspect<{ missing: readonly string[] }>('/map/missing', CHECK_TIMEOUT_MS, how)).missing;
    },
    now: () => performance.now(),
  });
  for (const { UUID } of writes.ways) audit.add(UUID);
  const counters = createCounters(Date.now);
  const seen = new Set<string>();
  let lastSecond = pace.seconds().at(-1)?.second ?? 0;

  return {
    add: audit.add,
    async look() {
      // Before the map is asked: whatever is counted here is stored by then.
      const counts = writes.counts();
      const layout = await inspect<MapLayout>('/map/layout', LAYOUT_TIMEOUT_MS, { has: 'members' }).catch(
        () => undefined,
      );
      if (layout?.isFresh) counters.compare(counts, layout, writes.counts());
      await audit.lookUp(layout?.members);
      const loggers = loggerStatuses(pool, counts, addresses);
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
    },
  };
}
