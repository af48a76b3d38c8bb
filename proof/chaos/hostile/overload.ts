import { setTimeout as pause } from 'node:timers/promises';
import { v7 as createUuid } from 'uuid';
import { type LoadResult, type LoadShape, runLoad } from '../../../test/load/load.ts';
import type { Check } from '../history/history.ts';
import { checkLoad } from './load-check.ts';
import { isFlat, watchMemory } from './process-memory.ts';

interface Options {
  /** How long more is offered than can be stored. */
  readonly seconds: number;
  /** The facade's and the loggers' processes, whose memory is to stay flat. */
  readonly pidsToWatch: readonly number[];
  readonly times?: number;
  /** The most connections that the overload may use. */
  readonly maxConnections?: number;
  /** On how many connections the capacity is measured: more of them give larger batches, and more messages a second. */
  readonly connections?: number;
  /** The capacity is measured again and again, for so long each, until it grows no more: processes get faster as they run. */
  readonly capacitySeconds?: number;
  /** How long the gentle load before and after is. */
  readonly probeSeconds?: number;
  /** How long after the overload all has to be as before. */
  readonly recoverySeconds?: number;
}

/** More growth than this from one measurement of the capacity to the next means that it is not the last one. */
const STILL_GROWS = 1.1;
const MAX_MEASUREMENTS = 6;
const PROBE: LoadShape = { kind: 'open', perSecond: 50, maxConnections: 64 };
const LEAST_STORED = 0.8;
const REFUSED_P99_MS = 100;
const LATENCY_FACTOR = 3;
const LATENCY_FLOOR_MS = 50;
/** A system that is read back may still have to get over something; nothing of that loses a message. */
const READ_TRIES = 3;

/** Offers a facade several times (three) what it can store, and checks what became of it, and how soon all is as before. */
export async function overload(url: string, options: Options): Promise<Check[]> {
  const { seconds, pidsToWatch, times = 3, maxConnections = 2_000 } = options;
  const { connections = 64, capacitySeconds = 8, probeSeconds = 5, recoverySeconds = 5 } = options;
  const after = createUuid({ msecs: Date.now() - 1_000 });
  const acknowledged = new Map<string, number>();
  let firstN = 1;
  async function load(shape: LoadShape, forSeconds: number): Promise<LoadResult> {
    const result = await runLoad({ url, shape, seconds: forSeconds, firstN });
    firstN += result.sent;
    for (const [uuid, n] of result.acknowledged) acknowledged.set(uuid, n);
    return result;
  }
  async function measureCapacity(): Promise<number> {
    let most = 0;
    for (let n = 0; n < MAX_MEASUREMENTS; n++) {
      const now = storedPerSecond(await load({ kind: 'closed', connections }, capacitySeconds));
      if (now <= STILL_GROWS * most) return Math.max(now, most);
      most = now;
    }
    return most;
  }
  const capacity = await measureCapacity();
  const before = await load(PROBE, probeSeconds);
  const memory = watchMemory(pidsToWatch);
  const over = await load({ kind: 'open', perSecond: times * capacity, maxConnections }, seconds);
  const flat = isFlat(await memory.stop(), pidsToWatch);
  await pause(1000 * recoverySeconds);
  const probed = await load(PROBE, probeSeconds);
  return [
    { what: `${times} times the capacity was offered`, ...offered(over, times * capacity), timing: true },
    { what: `at least ${100 * LEAST_STORED} % of the capacity were stored`, ...stored(over, capacity), timing: true },
    { what: 'all else was refused, with 503 and Retry-After', ...refused(over) },
    { what: `p99 of the refusals is under ${REFUSED_P99_MS} ms`, ...refusedSoon(over), timing: true },
    { what: 'the memory of the facade and the loggers was flat', ...flat },
    { what: `latency was as before ${recoverySeconds} s later`, ...asBefore(before, probed), timing: true },
    { what: 'every gentle request before and after was stored', ...allStored([before, probed]) },
    await readBack(url, after, acknowledged),
  ];
}

type Finding = Pick<Check, 'held' | 'found'>;

function storedPerSecond({ acknowledged, seconds }: LoadResult): number {
  return acknowledged.size / seconds;
}

function offered({ sent, notSent, seconds, latenessP99Ms, cpuShare }: LoadResult, perSecond: number): Finding {
  const found =
    `${Math.round(sent / seconds)} of ${Math.round(perSecond)} a second, ${notSent} had no free connection; ` +
    `p99 of lateness ${Math.round(latenessP99Ms)} ms, ${Math.round(100 * cpuShare)} % of a core`;
  return { held: sent / seconds >= 0.95 * perSecond, found };
}

function stored(over: LoadResult, capacity: number): Finding {
  const { p50Ms, p99Ms } = over.latencies.stored;
  const found = `${Math.round(storedPerSecond(over))} of ${Math.round(capacity)} a second, p50 ${Math.round(p50Ms)} ms, p99 ${Math.round(p99Ms)} ms`;
  return { held: storedPerSecond(over) >= LEAST_STORED * capacity, found };
}

function refused({ sent, acknowledged, latencies, byStatus, refusedWithoutRetryAfter }: LoadResult): Finding {
  const { count } = latencies.refused;
  const held = refusedWithoutRetryAfter === 0 && acknowledged.size + count === sent;
  return { held, found: `${JSON.stringify(byStatus)}, ${refusedWithoutRetryAfter} without Retry-After` };
}

function refusedSoon({ latencies: { refused: latency } }: LoadResult): Finding {
  const found = `p50 ${latency.p50Ms.toFixed(1)} ms, p99 ${latency.p99Ms.toFixed(1)} ms of ${latency.count}`;
  return { held: latency.count > 0 && latency.p99Ms < REFUSED_P99_MS, found };
}

function asBefore(before: LoadResult, probed: LoadResult): Finding {
  const [was, is] = [before, probed].map(({ latencies }) => latencies.stored.p99Ms) as [number, number];
  const held = probed.latencies.stored.count > 0 && is <= Math.max(LATENCY_FACTOR * was, LATENCY_FLOOR_MS);
  return { held, found: `p99 was ${was.toFixed(1)} ms, is ${is.toFixed(1)} ms` };
}

function allStored(probes: readonly LoadResult[]): Finding {
  const held = probes.every(
    ({ sent, notSent, acknowledged }) => sent > 0 && notSent === 0 && acknowledged.size === sent,
  );
  return { held, found: probes.map(({ byStatus }) => JSON.stringify(byStatus)).join(', then ') };
}

async function readBack(url: string, after: string, acknowledged: ReadonlyMap<string, number>): Promise<Check> {
  let check = await checkLoad(url, after, acknowledged);
  for (let n = 1; n < READ_TRIES && !check.held; n++) check = await checkLoad(url, after, acknowledged);
  return check;
}
