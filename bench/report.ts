import { type Bar, barsOf, type Results } from './bars.ts';
import { barChart } from './chart.ts';
import type { ReadResult } from './read-parts.ts';
import type { PostResult } from './rounds.ts';

/** How a bench was run. */
export interface Circumstances {
  readonly date: string;
  readonly machine: string;
  readonly command: string;
}

/** The files of a report, by name. */
export function reportOf(results: Results, circumstances: Circumstances): Readonly<Record<string, string>> {
  const {
    posts = [],
    sizes = [],
    loggers = [],
    lines = [],
    traces = [],
    durable = [],
    stored = [],
    reads = [],
    readRates,
    crowd,
  } = results;
  const charts: Record<string, string> = {};
  if (posts.length > 0) {
    charts['posts.svg'] = chartOf('POSTs stored', 'a second', posts, ({ perSecond }) => perSecond);
    charts['cpu.svg'] = chartOf('CPU time', 'µs a message', posts, ({ allCpuUs }) => allCpuUs);
  }
  const picture = (name: string, text: string) => (name in charts ? `![${text}](${name})\n\n` : '');
  const sections = [
    `# Performance: what was measured\n\n${circumstances.command}, ${circumstances.date}, ${circumstances.machine}. Medians of rounds in which all ` +
      'ways took turns; generator, services and members share the cores, so only ratios mean anything.\n',
    `## Bars\n\n${barTable(barsOf(results))}`,
    posts.length > 0 &&
      `## POSTs\n\n${picture('posts.svg', 'POSTs a second')}${picture('cpu.svg', 'CPU time a message')}` +
        `${postTable(posts, 'connections', ({ load }) => load.connections)}\n\nCPU time by process at 64 connections, µs a message:\n\n` +
        cpuTable(posts.filter(({ load }) => load.connections === 64)),
    sizes.length > 0 && `## Sizes of texts\n\n${postTable(sizes, 'bytes', ({ load }) => load.length)}`,
    lines.length > 0 &&
      `## Lines for each message\n\n${postTable(lines, 'connections', ({ load }) => load.connections)}`,
    durable.length > 0 && `## On disk\n\n${postTable(durable, 'connections', ({ load }) => load.connections)}`,
    traces.length > 0 &&
      `## Traces by OpenTelemetry\n\n${postTable(traces, 'connections', ({ load }) => load.connections)}`,
    loggers.length > 0 && `## Loggers\n\n${postTable(loggers, 'connections', ({ load }) => load.connections)}`,
    stored.length > 0 &&
      `## POSTs with messages stored\n\n${postTable(stored, 'connections', ({ load }) => load.connections)}`,
    reads.length > 0 && `## Reads of everything\n\n${readTable(reads)}`,
    readRates !== undefined &&
      `Reads of 1,000 messages on 16 connections: Trilog ${readRates.trilog.toFixed(1)}, plain way ${readRates.plain.toFixed(1)} a second.\n`,
    crowd !== undefined &&
      `Ten reads of ${crowd.messages} messages at once took up to ${Math.round(crowd.slowestReadMs)} ms; POSTs at 100 a second beside them had a p99 of ` +
        `${crowd.besideP99Ms.toFixed(1)} ms, alone ${crowd.usualP99Ms.toFixed(1)} ms.\n`,
  ];
  return { 'performance.md': sections.filter((section) => section !== false).join('\n'), ...charts };
}

/** Bars as a table of Markdown. */
export function barTable(bars: readonly Bar[]): string {
  return table(
    ['what', 'found', 'bar', 'met'],
    bars.map(({ what, found, wanted, isMet }) => [what, number(found), wanted, isMet ? 'yes' : '**no**']),
  );
}

function postTable(results: readonly PostResult[], name: string, value: (result: PostResult) => number): string {
  return table(
    ['way', name, 'POSTs/s', 'p50 ms', 'p99 ms', 'CPU µs a message', 'failed'],
    results.map((result) => [
      result.contender,
      String(value(result)),
      number(result.perSecond),
      number(result.p50Ms),
      number(result.p99Ms),
      number(result.allCpuUs),
      String(result.failed),
    ]),
  );
}

function cpuTable(results: readonly PostResult[]): string {
  const names = [...new Set(results.flatMap(({ cpuUs }) => Object.keys(cpuUs)))];
  return table(
    ['way', ...names],
    results.map(({ contender, cpuUs }) => [
      contender,
      ...names.map((name) => (cpuUs[name] === undefined ? '' : number(cpuUs[name]))),
    ]),
  );
}

function readTable(reads: readonly ReadResult[]): string {
  return table(
    ['way', 'messages', 'first byte ms', 'total ms', 'most MB that a process grew by'],
    reads.map(({ contender, messages, firstByteMs, totalMs, growthMb }) => [
      contender,
      String(messages),
      number(firstByteMs),
      number(totalMs),
      Object.entries(growthMb)
        .map(([name, mb]) => `${name} ${Math.round(mb)}`)
        .join(', '),
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map((_name, index) => (index === 0 ? '---' : '--:')), ...rows];
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

function number(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(value >= 10 ? 1 : 2);
}

function chartOf(title: string, unit: string, results: readonly PostResult[], value: (result: PostResult) => number) {
  const connections = [...new Set(results.map(({ load }) => load.connections))];
  const names = [...new Set(results.map(({ contender }) => contender))];
  const find = (name: string, count: number) =>
    results.find(({ contender, load }) => contender === name && load.connections === count);
  return barChart({
    title,
    unit,
    groups: connections.map((count) => `${count} connection${count === 1 ? '' : 's'}`),
    series: names.map((name) => ({
      name,
      values: connections.map((count) => {
        const result = find(name, count);
        return result === undefined ? undefined : value(result);
      }),
    })),
  });
}
