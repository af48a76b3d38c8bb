import { Agent } from 'node:http';
import { runLoad } from '../test/load/load.ts';
import { until } from '../test/until.ts';
import type { RawTask } from './alternatives/raw.ts';
import { median } from './median.ts';
import type { Bench } from './parts.ts';
import { type Processes, watchGrowth } from './processes.ts';
import { createOrderCheck, readAll, readsPerSecond } from './read.ts';

const NDJSON = 'application/x-ndjson';
const COUNT_MS = 120_000;

/** Medians of reading all messages, by one reader at a time. */
export interface ReadResult {
  readonly contender: string;
  readonly messages: number;
  readonly firstByteMs: number;
  readonly totalMs: number;
  /** By how many MB each process of this way, and each member, grew at most, from before its first read on. */
  readonly growthMb: Readonly<Record<string, number>>;
}

/** Reads all messages in turns: by Trilog as NDJSON, the plain way as JSON, and by the raw client. */
export async function reads(bench: Bench, withPlain: boolean): Promise<readonly ReadResult[]> {
  const { trilog, contenders, rounds, say } = bench;
  const processes: Readonly<Record<string, Processes>> = {
    trilog: { ...trilog.front, ...trilog.loggers, ...trilog.members },
    plain: { ...contenders.plainProcesses, ...trilog.members },
    raw: { client: contenders.rawClient.pid, ...trilog.members },
  };
  const ways: Record<string, () => Promise<{ firstByteMs: number; totalMs: number; rows?: number }>> = {
    trilog: () => readAll(trilog.facadeUrl, { accept: NDJSON }),
    ...(withPlain ? { plain: () => readAll(contenders.plainUrl, { accept: 'application/json' }) } : {}),
    raw: async () => {
      const read = await contenders.rawClient.ask<{ rows: number; totalMs: number }>({
        kind: 'read',
      } satisfies RawTask);
      return { ...read, firstByteMs: read.totalMs };
    },
  };
  // From before the first read, which counts for nothing else: most of what a process grows by, it grows by then.
  const growths = new Map(Object.keys(ways).map((name) => [name, watchGrowth(processes[name] ?? {})]));
  const samples = new Map<string, { firstByteMs: number; totalMs: number }[]>();
  let messages = 0;
  for (let round = 0; round <= rounds; round++) {
    for (const [name, read] of inTurn(Object.entries(ways), round)) {
      const sample = await read();
      messages = sample.rows ?? messages;
      if (round > 0) samples.set(name, [...(samples.get(name) ?? []), sample]);
    }
    say(round === 0 ? '  warm' : `  round ${round} of ${rounds}`);
  }
  return [...samples].map(([contender, of]) => ({
    contender,
    messages,
    firstByteMs: median(of.map(({ firstByteMs }) => firstByteMs)),
    totalMs: median(of.map(({ totalMs }) => totalMs)),
    growthMb: growths.get(contender)?.() ?? {},
  }));
}

/** The ways in an order in which each comes first in its turn. */
function inTurn<Way>(ways: readonly Way[], round: number): readonly Way[] {
  const first = round % ways.length;
  return [...ways.slice(first), ...ways.slice(0, first)];
}

/** Reads a second on 16 connections, by Trilog and the plain way in turns. */
export async function readRates({ trilog, contenders, rounds, seconds, say }: Bench) {
  const rates = { trilog: [] as number[], plain: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    const ways = [
      { of: rates.trilog, url: trilog.facadeUrl, type: NDJSON },
      { of: rates.plain, url: contenders.plainUrl, type: 'application/json' },
    ];
    for (const { of, url, type } of inTurn(ways, round)) {
      const rate = await readsPerSecond(url, type, 16, seconds);
      if (round > 0) of.push(rate);
    }
    say(round === 0 ? '  warm' : `  round ${round} of ${rounds}`);
  }
  return { trilog: median(rates.trilog), plain: median(rates.plain) };
}

/** Ten reads of everything at once beside 100 POSTs a second, against the same POSTs alone; checks one read's order. */
export async function crowd({ trilog, contenders, say }: Bench) {
  const shape = { kind: 'open', perSecond: 100, maxConnections: 256 } as const;
  let failed = 0;
  let unsent = 0;
  const post = async (seconds: number) => {
    const load = await runLoad({ url: trilog.facadeUrl, shape, seconds, firstN: 1 });
    failed += load.sent - load.acknowledged.size;
    unsent += load.notSent;
    return load;
  };
  const order = createOrderCheck();
  const one = await readAll(trilog.facadeUrl, { accept: NDJSON, onData: order.take });
  const { rows } = await contenders.rawClient.ask<{ rows: number }>({ kind: 'read' } satisfies RawTask);
  // The raw client has filled the map: at the first message a logger counts what is there, for its quota.
  await until('a message is stored', COUNT_MS, async () => {
    const { status } = await fetch(trilog.facadeUrl, { method: 'POST', body: new URLSearchParams({ msg: 'first' }) });
    return status === 201;
  });
  await post(3); // warm
  const usual = await post(10);
  const grown = watchGrowth({ ...trilog.front, ...trilog.loggers, ...trilog.members });
  const agent = new Agent({ keepAlive: false });
  const reading = Promise.all(Array.from({ length: 10 }, () => readAll(trilog.facadeUrl, { accept: NDJSON, agent })));
  let isReading = true;
  const readingEnds = reading.finally(() => {
    isReading = false;
  });
  readingEnds.catch(() => {}); // thrown below, when the POSTs have ended
  const p99Ms: number[] = [];
  while (isReading) {
    const { latencies } = await post(5);
    // One that went on after the reads says little of them, unless there is no other.
    if (isReading || p99Ms.length === 0) p99Ms.push(latencies.stored.p99Ms);
  }
  const tenReads = await readingEnds;
  say(`  ten reads took up to ${Math.round(Math.max(...tenReads.map(({ totalMs }) => totalMs)))} ms`);
  if (unsent > 0) say(`  ${unsent} POSTs were not sent, as all connections waited: the p99 would be higher with them`);
  return {
    messages: one.lines,
    inOrder: order.result().inOrder && one.lines === rows,
    failed,
    usualP99Ms: usual.latencies.stored.p99Ms,
    besideP99Ms: median(p99Ms),
    slowestReadMs: Math.max(...tenReads.map(({ totalMs }) => totalMs)),
    growthMb: grown(),
  };
}
