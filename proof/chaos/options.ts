import { createOptionChecks, parseFlags } from '../command-line.ts';
import { SYSTEM_RUNTIMES, type SystemRuntime } from './system/runtime.ts';

/** What a run is asked to do. */
export interface Options {
  readonly seed: number;
  /** The names of faults; all that this machine can do, if there are none. */
  readonly faults: readonly string[];
  /** The least time that traffic runs in one window; 0: as long as the fault takes. */
  readonly seconds: number;
  /** POSTs a second. */
  readonly rate: number;
  readonly runtime?: SystemRuntime;
  /** How often each fault is made. */
  readonly repeat: number;
  /** How many facades a system has at least. */
  readonly facades: number;
  /** How many mixed runs, each with a seed of its own. */
  readonly mixed: number;
  /** Which defect to build in first, to see whether it is found; 'all' for one after the other. */
  readonly broken?: string;
  /** False: what only took too long does not fail the run. */
  readonly times: boolean;
  /** The folder for the results. */
  readonly out?: string;
  readonly list: boolean;
}

export const USAGE = `Usage: npm run chaos -- [OPTION...]
  --faults A,B     only these faults (default: every one that this machine can do, once)
  --repeat N       each fault N times, with the seeds from --seed on
  --facades N      1 or 2 facades, each with its own writers and readers (default: 1)
  --mixed N        N runs of random faults that overlap, with the seeds from --seed on
  --broken NAME    build a defect into a copy of the project, or into a history, and see whether it is found
                   ("all": each of them)
  --seed N         what all that is random is drawn from (default: 1)
  --seconds S      the least time of traffic for each fault (default: as long as it takes; mixed: 30)
  --rate R         POSTs a second (default: 200)
  --runtime R      jvm, docker, or compose: all of it in containers (default: jvm if Java is there)
  --no-times       what only took too long does not fail the run
  --out DIR        the folder for the results (default: chaos-results/ and the time)
  --list           list the faults and defects`;

const FLAGS = {
  seed: { type: 'string', default: '1' },
  faults: { type: 'string' },
  seconds: { type: 'string', default: '0' },
  rate: { type: 'string', default: '200' },
  runtime: { type: 'string' },
  repeat: { type: 'string', default: '1' },
  facades: { type: 'string', default: '1' },
  mixed: { type: 'string', default: '0' },
  broken: { type: 'string' },
  'no-times': { type: 'boolean', default: false },
  out: { type: 'string' },
  list: { type: 'boolean', default: false },
} as const;

interface Known {
  readonly faults: readonly string[];
  readonly defects: readonly string[];
}

/** Reads the options of a command line; throws a UsageError that names every problem. */
export function parseOptions(args: readonly string[], known: Known): Options {
  const values = parseFlags(args, FLAGS);
  const checks = createOptionChecks();
  const number = (name: 'seed' | 'seconds' | 'rate' | 'repeat' | 'facades' | 'mixed', min: number, max: number) =>
    checks.wholeNumber(name, values[name], min, max);
  const { runtime, broken, out, list } = values;
  const faults = values.faults === undefined ? [] : values.faults.split(',').filter((name) => name !== '');
  if (values.faults !== undefined && faults.length === 0) checks.note('--faults names no fault.');
  for (const name of faults) checks.oneOf('faults', name, known.faults);
  if (runtime !== undefined && !isRuntime(runtime))
    checks.note(`--runtime must be ${SYSTEM_RUNTIMES.join(', ')}, but is "${runtime}".`);
  if (runtime === 'compose' && (values.facades !== '1' || values.mixed !== '0'))
    checks.note('--runtime compose goes neither with --facades 2 nor with --mixed.');
  if (broken !== undefined) checks.oneOf('broken', broken, [...known.defects, 'all']);
  const options = {
    seed: number('seed', 0, 2 ** 31),
    faults,
    seconds: number('seconds', 0, 86_400),
    rate: number('rate', 1, 5_000),
    repeat: number('repeat', 1, 1_000),
    facades: number('facades', 1, 2),
    mixed: number('mixed', 0, 10_000),
    times: !values['no-times'],
    list,
    ...(runtime !== undefined && isRuntime(runtime) ? { runtime } : {}),
    ...(broken === undefined ? {} : { broken }),
    ...(out === undefined ? {} : { out }),
  };
  checks.done();
  return options;
}

function isRuntime(name: string): name is SystemRuntime {
  return SYSTEM_RUNTIMES.some((runtime) => runtime === name);
}
