import type { Contender, PostSample } from './contenders.ts';
import type { Load } from './load.ts';
import { median, mediansOf } from './median.ts';

/** Medians over the rounds of one way to store messages under one load. */
export interface PostResult {
  readonly contender: string;
  readonly load: Load;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
  /** CPU time a message, in µs, by process. */
  readonly cpuUs: Readonly<Record<string, number>>;
  readonly allCpuUs: number;
}

/** One thing to measure in each round. */
export interface Trial {
  readonly contender: Contender;
  readonly load: Load;
}

interface Options {
  readonly rounds: number;
  readonly say: (text: string) => void;
  /** Done before each round. */
  readonly prepare?: () => Promise<unknown>;
}

/**
 * Measures trials side by side: in each round each of them once, every round beginning with another one, after one that
 * does not count. So whatever else the machine does meanwhile falls on all of them.
 */
export async function measureRounds(
  trials: readonly Trial[],
  { rounds, say, prepare }: Options,
): Promise<readonly PostResult[]> {
  const samples = new Map<Trial, PostSample[]>(trials.map((trial) => [trial, []]));
  for (let round = 0; round <= rounds; round++) {
    await prepare?.();
    for (let n = 0; n < trials.length; n++) {
      const trial = trials[(n + round) % trials.length] as Trial;
      const { contender, load } = trial;
      const sample = await contender.post(round === 0 ? { ...load, seconds: Math.min(load.seconds, 1) } : load);
      if (round > 0) samples.get(trial)?.push(sample);
    }
    say(round === 0 ? '  warm' : `  round ${round} of ${rounds}`);
  }
  return trials.map((trial) => resultOf(trial, samples.get(trial) ?? []));
}

function resultOf({ contender, load }: Trial, samples: readonly PostSample[]): PostResult {
  const of = (value: (sample: PostSample) => number) => median(samples.map(value));
  return {
    contender: contender.name,
    load,
    perSecond: of(({ stored, seconds }) => stored / seconds),
    p50Ms: of(({ p50Ms }) => p50Ms),
    p99Ms: of(({ p99Ms }) => p99Ms),
    failed: samples.reduce((sum, { failed }) => sum + failed, 0),
    cpuUs: mediansOf(samples.map(({ cpuUs }) => cpuUs)),
    allCpuUs: of(({ cpuUs }) => Object.values(cpuUs).reduce((sum, us) => sum + us, 0)),
  };
}
