import { parseArgs } from 'node:util';
import type { Runtime } from '../../test/launched.ts';

/** What a run is asked to do. */
export interface Options {
  readonly seed: number;
  /** The names of faults; all that this machine can do, if there are none. */
  readonly faults: readonly string[];
  /** The least time that traffic runs in one window; 0: as long as the fault takes. */
  readonly seconds: number;
  /** POSTs a second. */
  readonly rate: number;
  readonly runtime?: Runtime;
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
  --runtime R      jvm or docker (default: jvm if Java is there)
  --no-times       what only took too long does not fail the run
  --out DIR        the folder for the results (default: chaos-results/ and the time)
  --list           list the faults and defects`;

/** Says everything that is wrong with the options. */
export class UsageError extends Error {}

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
  const problems: string[] = [];
  const values = parseFlags(args);
  const number = (name: 'seed' | 'seconds' | 'rate' | 'repeat' | 'facades' | 'mixed', min: number, max: number) => {
    const value = Number(values[name]);
    if (/^\d+$/.test(values[name]) && value >= min && value <= max) return value;
    problems.push(`--${name} must be a whole number from ${min} to ${max}, but is "${values[name]}".`);
    return min;
  };
  const oneOf = (flag: string, value: string, names: readonly string[]) => {
    if (!names.includes(value)) problems.push(`--${flag}: there is no "${value}"; --list shows what there is.`);
  };
  const mustBeRuntime = (value: string) => {
    if (value !== 'jvm' && value !== 'docker') problems.push(`--runtime must be jvm or docker, but is "${value}".`);
  };
  const faults = values.faults === undefined ? [] : values.faults.split(',').filter((name) => name !== '');
  if (values.faults !== undefined && faults.length === 0) problems.push('--faults names no fault.');
  for (const name of faults) oneOf('faults', name, known.faults);
  if (values.runtime !== undefined) mustBeRuntime(values.runtime);
  if (values.broken !== undefined) oneOf('broken', values.broken, [...known.defects, 'all']);
  const options = {
    seed: number('seed', 0, 2 ** 31),
    faults,
    seconds: number('seconds', 0, 86_400),
    rate: number('rate', 1, 5_000),
    repeat: number('repeat', 1, 1_000),
    facades: number('facades', 1, 2),
    mixed: number('mixed', 0, 10_000),
    times: !values['no-times'],
    list: values.list,
    ...(values.runtime === undefined ? {} : { runtime: values.runtime as Runtime }),
    ...(values.broken === undefined ? {} : { broken: values.broken }),
    ...(values.out === undefined ? {} : { out: values.out }),
  };
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return options;
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, allowPositionals: false, strict: true }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
