import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { freePort } from '../test/free-port.ts';
import type { RawTask } from './alternatives/raw.ts';
import { type Contender, type Contenders, overHttp } from './contenders.ts';
import { type Program, startService } from './program.ts';
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
export function lines(bench: Bench): Promise<readonly PostResult[]> {
  return settings(bench, [
    { name: 'with lines', env: { LOG_LEVEL: 'info' } },
    { name: 'without lines', env: { LOG_LEVEL: 'warn' } },
  ]);
}

/** Facades and loggers with OpenTelemetry loaded, whose spans are sent to a receiver, and without it, on 64 connections. */
export async function traces(bench: Bench): Promise<readonly PostResult[]> {
  const receiver = createServer((request, response) => request.resume().on('end', () => response.end('{}')));
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
  const { port } = receiver.address() as AddressInfo;
  const file = fileURLToPath(new URL('../services/shared/observing/opentelemetry.js', import.meta.url));
  const env = { NODE_OPTIONS: `--import=${file}`, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` };
  try {
    return await settings(bench, [
      { name: 'with traces', env: { ...env, LOG_LEVEL: 'warn' } },
      { name: 'without traces', env: { LOG_LEVEL: 'warn' } },
    ]);
  } finally {
    receiver.closeAllConnections();
    receiver.close();
  }
}

/** The same POSTs into a system that keeps messages on disk, and into one that does not, on 64 connections. */
export function durable(onDisk: Bench, inMemory: Bench): Promise<readonly PostResult[]> {
  const { rounds, seconds, length, say } = onDisk;
  const load = { connections: 64, seconds, length };
  const trials = [
    { contender: { ...onDisk.contenders.trilog, name: 'on disk' }, load },
    { contender: { ...inMemory.contenders.trilog, name: 'in memory' }, load },
  ];
  const clear = ({ contenders }: Bench) => contenders.rawClient.ask({ kind: 'clear' } satisfies RawTask);
  return measureRounds(trials, { rounds, say, prepare: () => Promise.all([onDisk, inMemory].map(clear)) });
}

/** Facades with loggers of their own that differ in their settings, on 64 connections. */
function settings(
  bench: Bench,
  variants: readonly { readonly name: string; readonly env: NodeJS.ProcessEnv }[],
): Promise<readonly PostResult[]> {
  const { trilog } = bench;
  return onOwnServices(bench, (start) =>
    variants.map(async ({ name, env }) => {
      const own = await Promise.all(
        trilog.memberAddresses.map((address) => start('logger', { ...env, HAZELCAST_URL: address })),
      );
      const LOGGER_URLS = own.map(({ url }) => new URL(url).origin).join();
      const { url, pid } = await start('facade', { ...env, LOGGER_URLS });
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
