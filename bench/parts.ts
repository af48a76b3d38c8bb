import { Agent } from 'node:http';
import { freePort } from '../test/free-port.ts';
import { runLoad } from '../test/load/load.ts';
import type { RawTask } from './alternatives/raw.ts';
import { type Contender, type Contenders, overHttp } from './contenders.ts';
import { median } from './median.ts';
import { watchGrowth } from './processes.ts';
import { type Program, startService } from './program.ts';
import { createOrderCheck, readAll, readsPerSecond } from './read.ts';
import { measureRounds, type PostResult, type Trial } from './rounds.ts';
import type { Trilog } from './trilog.ts';

/** What a part measures with. */
export interface Bench {
  readonly trilog: Trilog;
  readonly contenders: Contenders;
  readonly rounds: number;
  /** How long each trial of a round is. */
  readonly seconds: number;
  /** The length of a text where it is not what is varied. */
  readonly length: number;
  readonly say: (text: string) => void;
}

const CONNECTIONS = [1, 16, 64, 256];
const SIZES = [10, 1_024, 65_536];
const NDJSON = 'application/x-ndjson';

/** Rounds that each begin with an empty map: otherwise the texts of one would be in the way of the next. */
function roundsFromEmpty({ contenders, rounds, say }: Bench, trials: readonly Trial[]): Promise<readonly PostResult[]> {
  const prepare = () => contenders.rawClient.ask({ kind: 'clear' } satisfies RawTask);
  return measureRounds(trials, { rounds, say, prepare });
}

/** All ways to store messages, on 1, 16, 64 and 256 connections. */
export function posts(bench: Bench): Promise<readonly PostResult[]> {
  const { seconds, length, say } = bench;
  const { trilog, plain, nothing, nginx, raw } = bench.contenders;
  if (nginx === undefined) say('  nginx is not installed: left out');
  const trials = CONNECTIONS.flatMap((connections) =>
    [trilog, plain, nothing, ...(nginx === undefined ? [] : [nginx]), raw].map((contender) => ({
      contender,
      load: { connections, seconds, length },
    })),
  );
  return roundsFromEmpty(bench, trials);
}

/** Texts of 10 B, 1 KB and 64 KB, on 64 connections. */
export function sizes(bench: Bench): Promise<readonly PostResult[]> {
  const { seconds } = bench;
  const { trilog, plain, raw } = bench.contenders;
  const trials = SIZES.flatMap((length) =>
    [trilog, plain, raw].map((contender) => ({ contender, load: { connections: 64, seconds, length } })),
  );
  return roundsFromEmpty(bench, trials);
}

/** Facades with one, two and three loggers, on 64 connections. */
export async function loggers(bench: Bench): Promise<readonly PostResult[]> {
  const { trilog } = bench;
  return onOwnServices(bench, (start) =>
    [1, 2, 3].map(async (count) => {
      const urls = trilog.loggerUrls.slice(0, count).join();
      const { url, pid } = await start('facade', { LOGGER_URLS: urls });
      const name = `${count} logger${count === 1 ? '' : 's'}`;
      return overHttp(name, { url, withUuid: false }, { facade: pid, ...trilog.loggers, ...trilog.members });
    }),
  );
}

/** Facades and loggers that write lines for each message, to nobody, and such that write none, on 64 connections. */
export async function lines(bench: Bench): Promise<readonly PostResult[]> {
  const { trilog } = bench;
  return onOwnServices(bench, (start) =>
    [
      { name: 'with lines', LOG_LEVEL: 'info' },
      { name: 'without lines', LOG_LEVEL: 'warn' },
    ].map(async ({ name, LOG_LEVEL }) => {
      const own = await Promise.all(
        trilog.memberAddresses.map((address) => start('logger', { LOG_LEVEL, HAZELCAST_URL: address })),
      );
      const LOGGER_URLS = own.map(({ url }) => new URL(url).origin).join();
      const { url, pid } = await start('facade', { LOG_LEVEL, LOGGER_URLS });
      const pids = Object.fromEntries(own.map((logger, index) => [`logger-${index + 1}`, logger.pid]));
      return overHttp(name, { url, withUuid: false }, { facade: pid, ...pids, ...trilog.members });
    }),
  );
}

type StartOwn = (service: string, env: NodeJS.ProcessEnv) => Promise<{ readonly url: string; readonly pid: number }>;

/** Measures ways to store that have services of their own, on the members of the system. */
async function onOwnServices(
  bench: Bench,
  open: (start: StartOwn) => readonly Promise<Contender>[],
): Promise<readonly PostResult[]> {
  const { trilog, seconds, length } = bench;
  const started: Program[] = [];
  const start: StartOwn = async (service, env) => {
    const port = await freePort();
    const program = await startService(service, port, { ...trilog.env, ...env });
    started.push(program);
    return { url: `http://127.0.0.1:${port}/`, pid: program.pid };
  };
  try {
    const contenders = await Promise.all(open(start));
    const trials = contenders.map((contender): Trial => ({ contender, load: { connections: 64, seconds, length } }));
    return await roundsFromEmpty(bench, trials);
  } finally {
    await Promise.all(started.map((program) => program.stop()));
  }
}

/** The same POSTs into an almost empty map and into one that holds so many messages, each on members of its own. */
export function stored(empty: Bench, full: Bench, count: number): Promise<readonly PostResult[]> {
  const { rounds, seconds, length, say } = empty;
  const renamed = (contender: Contender, name: string): Contender => ({ ...contender, name });
  const contenders = [
    renamed(empty.contenders.trilog, `few, beside ${count}`),
    renamed(full.contenders.trilog, `${count}`),
  ];
  const load = { connections: 64, seconds, length };
  return measureRounds(
    contenders.map((contender) => ({ contender, load })),
    { rounds, say },
  );
}

/** Stores messages by the raw client until there are so many. */
export async function fill({ contenders, length, say }: Bench, upTo: number): Promise<void> {
  const start = performance.now();
  const size = await contenders.rawClient.ask<number>({ kind: 'fill', upTo, length } satisfies RawTask);
  say(`  filled up to ${size} messages in ${Math.round((performance.now() - start) / 1_000)} s`);
}

/** Medians of reading all messages, by one reader at a time. */
export interface ReadResult {
  readonly contender: string;
  readonly messages: number;
  readonly firstByteMs: number;
  readonly totalMs: number;
  /** By how many MB each process grew at most. */
  readonly growthMb: Readonly<Record<string, number>>;
}

/** Reads all messages in turns: by Trilog as NDJSON, the plain way as JSON, and by the raw client. */
export async function reads(bench: Bench, withPlain: boolean): Promise<readonly ReadResult[]> {
  const { trilog, contenders, rounds, say } = bench;
  const processes = { ...trilog.front, ...trilog.loggers, ...trilog.members };
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
  const samples = new Map<string, { firstByteMs: number; totalMs: number; growthMb: Record<string, number> }[]>();
  let messages = 0;
  for (let round = 0; round <= rounds; round++) {
    for (const [name, read] of Object.entries(ways)) {
      const grown = watchGrowth(processes);
      const sample = await read();
      messages = sample.rows ?? messages;
      if (round > 0) samples.set(name, [...(samples.get(name) ?? []), { ...sample, growthMb: grown() }]);
      else grown();
    }
    say(round === 0 ? '  warm' : `  round ${round} of ${rounds}`);
  }
  return [...samples].map(([contender, of]) => ({
    contender,
    messages,
    firstByteMs: median(of.map(({ firstByteMs }) => firstByteMs)),
    totalMs: median(of.map(({ totalMs }) => totalMs)),
    growthMb: Object.fromEntries(
      Object.keys(processes).map((name) => [name, Math.max(...of.map(({ growthMb }) => growthMb[name] ?? 0))]),
    ),
  }));
}

/** Reads a second on 16 connections, by Trilog and the plain way in turns. */
export async function readRates({ trilog, contenders, rounds, seconds, say }: Bench) {
  const rates = { trilog: [] as number[], plain: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    const trilogRate = await readsPerSecond(trilog.facadeUrl, NDJSON, 16, seconds);
    const plainRate = await readsPerSecond(contenders.plainUrl, 'application/json', 16, seconds);
    if (round > 0) {
      rates.trilog.push(trilogRate);
      rates.plain.push(plainRate);
    }
    say(round === 0 ? '  warm' : `  round ${round} of ${rounds}`);
  }
  return { trilog: median(rates.trilog), plain: median(rates.plain) };
}

/** Ten reads of everything at once beside 100 POSTs a second, against the same POSTs alone; checks one read's order. */
export async function crowd({ trilog, say }: Bench) {
  const shape = { kind: 'open', perSecond: 100, maxConnections: 256 } as const;
  const post = (seconds: number) => runLoad({ url: trilog.facadeUrl, shape, seconds, firstN: 1 });
  const order = createOrderCheck();
  const one = await readAll(trilog.facadeUrl, { accept: NDJSON, onData: order.take });
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
  while (isReading) p99Ms.push((await post(5)).latencies.stored.p99Ms);
  const tenReads = await readingEnds;
  say(`  ten reads took up to ${Math.round(Math.max(...tenReads.map(({ totalMs }) => totalMs)))} ms`);
  return {
    messages: one.lines,
    inOrder: order.result().inOrder && order.result().count === one.lines,
    usualP99Ms: usual.latencies.stored.p99Ms,
    besideP99Ms: median(p99Ms),
    slowestReadMs: Math.max(...tenReads.map(({ totalMs }) => totalMs)),
    growthMb: grown(),
  };
}
