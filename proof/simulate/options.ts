import { createOptionChecks, parseFlags } from '../command-line.ts';

/** What a run is asked to do. */
export interface Options {
  readonly seed: number;
  readonly seeds: number;
  /** Which defect to build in, to see whether it is found; 'all' for one after the other. */
  readonly broken?: string;
  /** Tells the story of the first seed, whatever comes of it. */
  readonly story: boolean;
  readonly withOpen: boolean;
  readonly list: boolean;
}

export const USAGE = `Usage: npm run simulate -- [OPTION...]
  --seed N         the first seed (default: 1)
  --seeds M        how many seeds, one after the other (default: 2000)
  --broken NAME    break something, and see in how many of the seeds it is found, at most ("all": each of them)
  --open           with what is known to be open: one connection cut, lists of members that come late
  --story          tell what happens in the first seed, and no other
  --list           list what can be broken`;

const FLAGS = {
  seed: { type: 'string', default: '1' },
  seeds: { type: 'string', default: '2000' },
  broken: { type: 'string' },
  story: { type: 'boolean', default: false },
  open: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
} as const;

const MOST = 2 ** 31;

/** Reads the options of a command line; throws a UsageError that names every problem. */
export function parseOptions(args: readonly string[], defects: readonly string[]): Options {
  const { seed, seeds, broken, story, open, list } = parseFlags(args, FLAGS);
  const checks = createOptionChecks();
  if (broken !== undefined) checks.oneOf('broken', broken, [...defects, 'all']);
  const options = {
    seed: checks.wholeNumber('seed', seed, 0, MOST),
    seeds: checks.wholeNumber('seeds', seeds, 1, MOST),
    story,
    withOpen: open,
    list,
    ...(broken === undefined ? {} : { broken }),
  };
  checks.done();
  return options;
}
