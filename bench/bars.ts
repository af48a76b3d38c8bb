import type { ReadResult } from './read-parts.ts';
import type { PostResult } from './rounds.ts';

/** What a bench brought; a part that was not run is left out. */
export interface Results {
  readonly posts?: readonly PostResult[];
  readonly sizes?: readonly PostResult[];
  readonly loggers?: readonly PostResult[];
  readonly lines?: readonly PostResult[];
  readonly traces?: readonly PostResult[];
  readonly durable?: readonly PostResult[];
  readonly stored?: readonly PostResult[];
  readonly reads?: readonly ReadResult[];
  readonly readRates?: { readonly trilog: number; readonly plain: number };
  readonly crowd?: {
    readonly messages: number;
    readonly inOrder: boolean;
    readonly failed: number;
    readonly usualP99Ms: number;
    readonly besideP99Ms: number;
    readonly slowestReadMs: number;
    readonly growthMb: Readonly<Record<string, number>>;
  };
}

/** One bar: what was found, and what it has to be. */
export interface Bar {
  readonly what: string;
  readonly found: number;
  readonly wanted: string;
  readonly isMet: boolean;
}

const atLeast = (what: string, found: number, least: number): Bar => ({
  what,
  found,
  wanted: `at least ${least}`,
  isMet: found >= least,
});
const atMost = (what: string, found: number, most: number): Bar => ({
  what,
  found,
  wanted: `at most ${most}`,
  isMet: found <= most,
});

/** Compares results with the bars; those whose figures were not measured are left out. */
export function barsOf(results: Results): readonly Bar[] {
  return [...postBars(results), ...readBars(results)];
}

function postBars({ posts = [], lines = [], durable = [], stored = [] }: Results): Bar[] {
  const of = (name: string, connections: number) =>
    posts.find(({ contender, load }) => contender === name && load.connections === connections);
  const [trilog, plain, nothing, nginx] = ['trilog', 'plain', 'nothing', 'nginx'].map((name) => of(name, 64));
  const [lone, plainLone, many] = [of('trilog', 1), of('plain', 1), of('trilog', 256)];
  const [withLines, withoutLines] = lines;
  const [onDisk, inMemory] = durable;
  const fullest = stored.at(-1);
  const emptiest = stored.at(-2);
  return [
    ...(trilog && plain
      ? [
          atLeast('POSTs/s at 64 connections: Trilog / plain way', trilog.perSecond / plain.perSecond, 5),
          atMost('CPU a message at 64 connections: Trilog / plain way', trilog.allCpuUs / plain.allCpuUs, 0.2),
        ]
      : []),
    ...(trilog && nothing
      ? [atLeast('POSTs/s at 64: Trilog / Express storing nothing', trilog.perSecond / nothing.perSecond, 0.9)]
      : []),
    ...(trilog && nginx ? [atLeast('POSTs/s at 64: Trilog / nginx', trilog.perSecond / nginx.perSecond, 1)] : []),
    ...(lone && plainLone ? [atMost('p50 at 1 connection: Trilog / plain way', lone.p50Ms / plainLone.p50Ms, 1)] : []),
    ...(many ? [atMost('p99 / p50 at 256 connections', many.p99Ms / many.p50Ms, 3)] : []),
    ...(withLines && withoutLines
      ? [atLeast('POSTs/s at 64: with lines / without', withLines.perSecond / withoutLines.perSecond, 0.95)]
      : []),
    ...(onDisk && inMemory
      ? [atLeast('POSTs/s at 64: on disk too / in memory only', onDisk.perSecond / inMemory.perSecond, 0.85)]
      : []),
    ...(fullest && emptiest
      ? [atLeast(`POSTs/s with ${fullest.contender} stored / almost none`, fullest.perSecond / emptiest.perSecond, 0.9)]
      : []),
  ];
}

function readBars({ reads = [], readRates, crowd }: Results): Bar[] {
  const most = Math.max(...reads.map(({ messages }) => messages));
  const largest = (name: string) => reads.find(({ contender, messages }) => contender === name && messages === most);
  const [trilog, raw] = [largest('trilog'), largest('raw')];
  return [
    ...(readRates ? [atLeast('GETs/s of 1,000 at 16: Trilog / plain way', readRates.trilog / readRates.plain, 3)] : []),
    ...(trilog && raw
      ? [
          atMost(`GET of ${most}: ms to the first byte`, trilog.firstByteMs, 1_000),
          atMost(`GET of ${most}: total, Trilog / raw client`, trilog.totalMs / raw.totalMs, 1.5),
          atMost(`GET of ${most}: MB by which facade or loggers grow`, growthOfServices(trilog.growthMb), 64),
        ]
      : []),
    ...(crowd
      ? [
          atLeast(`GET of ${crowd.messages}: in order and whole (1: yes)`, crowd.inOrder ? 1 : 0, 1),
          atMost('p99 of POSTs: beside ten such GETs / alone', crowd.besideP99Ms / crowd.usualP99Ms, 3),
          atMost('ten such GETs: MB by which facade or loggers grow', growthOfServices(crowd.growthMb), 64),
        ]
      : []),
  ];
}

function growthOfServices(growthMb: Readonly<Record<string, number>>): number {
  return Math.max(...['facade', 'logger-1', 'logger-2', 'logger-3'].map((name) => growthMb[name] ?? 0));
}
