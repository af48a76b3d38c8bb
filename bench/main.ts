import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { availableRuntimes, ROOT } from '../test/launched.ts';
import { barsOf, type Results } from './bars.ts';
import { type Contenders, openContenders } from './contenders.ts';
import * as parts from './parts.ts';
import * as readParts from './read-parts.ts';
import { barTable, reportOf } from './report.ts';
import { openTrilog, type Trilog } from './trilog.ts';

const PARTS = ['posts', 'sizes', 'loggers', 'lines', 'traces', 'durable', 'stored', 'reads'] as const;
type Part = (typeof PARTS)[number];

const USAGE = `Usage: npm run bench -- [OPTION...]
  --parts A,B      only these parts of ${PARTS.join(', ')}
  --rounds N       how many rounds count (default: 5)
  --seconds S      how long each trial is (default: 3)
  --most N         how many messages the largest map has (default: 1000000)
  --heap SIZE      the heap of each member (default: 2g)
  --out DIR        the folder for the report (default: bench-results/; docs/ for the project's own)`;

const { values } = parseArgs({
  options: {
    parts: { type: 'string', default: PARTS.join() },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    most: { type: 'string', default: '1000000' },
    heap: { type: 'string', default: '2g' },
    out: { type: 'string', default: 'bench-results' },
    help: { type: 'boolean', default: false },
  },
});
const say = (text: string) => void process.stdout.write(`${text}\n`);
const wanted = values.parts.split(',');
const unknown = wanted.filter((name) => !PARTS.includes(name as Part));
const counts = [values.rounds, values.seconds, values.most].map(Number);
if (values.help || unknown.length > 0 || !counts.every((count) => Number.isInteger(count) && count > 0)) {
  say(USAGE);
  process.exit(values.help ? 0 : 2);
}
const [rounds = 0, seconds = 0, most = 0] = counts;
const has = (part: Part) => wanted.includes(part);

const out = join(ROOT, values.out);
mkdirSync(out, { recursive: true });
const [runtime] = await availableRuntimes();
if (runtime === undefined) throw new Error('neither Java nor a Docker engine is there');
const open: { readonly trilog: Trilog; readonly contenders: Contenders }[] = [];

async function openBench(name: string, env: NodeJS.ProcessEnv = {}): Promise<parts.Bench> {
  say(`Starting ${name} ...`);
  const logFile = join(out, 'services.log');
  const trilog = await openTrilog(
    runtime as NonNullable<typeof runtime>,
    { MEMBER_HEAP: values.heap, ...env },
    logFile,
  );
  const contenders = await openContenders(trilog, out).catch(async (error) => {
    await trilog.stop();
    throw error;
  });
  open.push({ trilog, contenders });
  return { trilog, contenders, rounds, seconds, length: 100, say };
}

async function closeLast(): Promise<void> {
  const last = open.pop();
  await last?.contenders.stop();
  await last?.trilog.stop();
}

async function closeAll(): Promise<void> {
  while (open.length > 0) await closeLast();
}
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(name, () => void closeAll().finally(() => process.exit(130)));
}

async function measureAll(): Promise<Results> {
  const results: { -readonly [Key in keyof Results]: Results[Key] } = {};
  const first = await openBench('a system');
  const run = async <T>(what: string, part: () => Promise<T>): Promise<T> => {
    say(`${what} ...`);
    return part();
  };
  if (has('reads')) {
    // Before anything else is stored: what is read is all that there is.
    await parts.fill(first, 10);
    const ten = await run('Reads of 10', () => readParts.reads(first, true));
    await parts.fill(first, 1_000);
    const thousand = await run('Reads of 1,000', () => readParts.reads(first, true));
    results.readRates = await run('Reads of 1,000 on 16 connections', () => readParts.readRates(first));
    results.reads = [...ten, ...thousand];
  }
  if (has('stored') || has('reads')) {
    const second = await openBench('a second system, to be filled');
    for (const count of new Set([Math.min(100_000, most), most])) {
      await parts.fill(second, count);
      if (has('reads')) {
        // The plain way reads everything into one array, and writes it as one text.
        const some = await run(`Reads of ${count}`, () => readParts.reads(second, count <= 100_000));
        results.reads = [...(results.reads ?? []), ...some];
      }
      if (has('reads') && count === most)
        results.crowd = await run('Ten reads at once, beside POSTs', () => readParts.crowd(second));
      if (has('stored')) {
        const some = await run(`POSTs with ${count} stored`, () => parts.stored(first, second, count));
        results.stored = [...(results.stored ?? []), ...some];
      }
    }
    await closeLast();
  }
  if (has('posts')) results.posts = await run('POSTs', () => parts.posts(first));
  if (has('sizes')) results.sizes = await run('Sizes', () => parts.sizes(first));
  if (has('lines')) results.lines = await run('Lines', () => parts.lines(first));
  if (has('traces')) results.traces = await run('Traces', () => parts.traces(first));
  if (has('durable')) {
    const DATA_DIR = join(out, 'data');
    rmSync(DATA_DIR, { recursive: true, force: true });
    const onDisk = await openBench('a system that keeps messages on disk', { DURABLE: '1', DATA_DIR });
    results.durable = await run('On disk', () => parts.durable(onDisk, first));
    await closeLast();
    rmSync(DATA_DIR, { recursive: true });
  }
  if (has('loggers')) results.loggers = await run('Loggers', () => parts.loggers(first));
  return results;
}

try {
  const results = await measureAll();
  const gib = Math.round(totalmem() / 2 ** 30);
  const circumstances = {
    date: new Date().toISOString().slice(0, 10),
    machine: `${availableParallelism()} cores, ${gib} GiB, Node ${process.versions.node}, members with ${values.heap} as ${runtime === 'jvm' ? 'Java processes' : 'containers'}`,
    command: `\`npm run bench -- ${process.argv.slice(2).join(' ')}\``.replace(' -- `', '`'),
  };
  for (const [name, content] of Object.entries(reportOf(results, circumstances))) {
    writeFileSync(join(out, name), content);
  }
  writeFileSync(join(out, 'results.json'), `${JSON.stringify(results, undefined, 2)}\n`);
  const { posts = [], sizes = [], loggers = [], lines = [], traces = [], durable = [], stored = [], crowd } = results;
  const failed = [
    ...posts,
    ...sizes,
    ...loggers,
    ...lines,
    ...traces,
    ...durable,
    ...stored,
    ...(crowd ? [crowd] : []),
  ].reduce((sum, result) => sum + result.failed, 0);
  if (failed > 0) say(`${failed} POSTs failed: the figures mean little`);
  if (crowd?.inOrder === false) say('a read was not whole, or not in order');
  if (failed > 0 || crowd?.inOrder === false) process.exitCode = 1;
  say(`\n${barTable(barsOf(results))}\nAll of it: ${relative(process.cwd(), join(out, 'performance.md'))}`);
} finally {
  await closeAll();
}
process.exit();
