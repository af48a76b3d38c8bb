import { parseArgs } from 'node:util';
import { DISKS, type Disks, type Fault } from './model.ts';
import { BROKEN_RULES } from './rules.ts';
import { parseScript } from './script.ts';

const NAMES = BROKEN_RULES.map(({ name }) => name);
const KINDS = ['kill', 'freeze', 'cut'] as const;

export const USAGE = `Usage: npm run explore -- [OPTION...]
  --seconds S      how long the rule itself is explored at most, in all (default: 90)
  --depth N        how many steps at most (default: no bound)
  --faults N,M     how many faults of the kinds below, one after the other (default: 2,3)
  --kinds A,B      which of ${KINDS.join(', ')} (default: all); wakes, starts and healed cuts are free
  --members N      how many members, 2 to 5 (default: 3)
  --disks WHICH    only the rule, with the loggers' disks: none, beside (members in use) or alone (new members)
  --script 'A, B'  only the rule, with these faults in this order: freeze 1, kill 2, wake 1, start 2, cut 3, heal, quiet
  --rows           only the table of who serves
  --broken NAME    only this broken rule, with its story: ${NAMES.join(', ')}, or all`;

/** What was asked for on the command line. */
export interface Options {
  readonly seconds: number;
  readonly depth: number;
  /** The rule is explored with each of these numbers of faults. */
  readonly faults: readonly number[];
  readonly kinds: readonly (typeof KINDS)[number][];
  readonly members: number;
  readonly disks: Disks;
  /** The faults, where they are named one by one. */
  readonly script?: readonly Fault[];
  readonly parts: readonly ('rule' | 'script' | 'disks' | 'rows' | 'broken')[];
  /** The names of the broken rules to be found. */
  readonly broken: readonly string[];
}

/** Reads the command line; undefined if it is none of those in the usage. */
export function parseOptions(args: readonly string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seconds: { type: 'string', default: '90' },
        depth: { type: 'string', default: '1000000' },
        faults: { type: 'string', default: '2,3' },
        kinds: { type: 'string', default: KINDS.join() },
        members: { type: 'string', default: '3' },
        script: { type: 'string' },
        rows: { type: 'boolean', default: false },
        broken: { type: 'string' },
        disks: { type: 'string' },
      },
    });
    const [seconds = 0, depth = 0, members = 0] = [values.seconds, values.depth, values.members].map(Number);
    const faults = values.faults.split(',').map(Number);
    const words = values.kinds.split(',');
    const kinds = KINDS.filter((kind) => words.includes(kind));
    const broken = NAMES.filter((name) => [undefined, 'all', name].includes(values.broken));
    const disks = DISKS.find((known) => known === (values.disks ?? 'none'));
    const isRight =
      [depth, members, ...faults].every((number) => Number.isInteger(number) && number >= 0 && number < 1e9) &&
      seconds > 0 &&
      Math.max(...faults) < 100 &&
      members >= 2 &&
      members <= 5 &&
      kinds.length === words.length &&
      disks !== undefined &&
      broken.length > 0;
    if (!isRight) return undefined;
    const script = values.script === undefined ? {} : { script: parseScript(values.script) };
    return { seconds, depth, faults, kinds, members, disks, ...script, parts: partsOf(values), broken };
  } catch {
    return undefined;
  }
}

interface Which {
  readonly rows: boolean;
  readonly script?: string;
  readonly broken?: string;
  readonly disks?: string;
}

function partsOf({ rows, script, broken, disks }: Which): Options['parts'] {
  if (script !== undefined) return ['script'];
  if (rows) return ['rows'];
  if (broken !== undefined) return ['broken'];
  return disks === undefined ? ['rule', 'disks', 'rows', 'broken'] : ['rule'];
}
