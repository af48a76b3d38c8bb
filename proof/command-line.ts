import { type ParseArgsConfig, parseArgs } from 'node:util';

/** Says everything that is wrong with the options. */
export class UsageError extends Error {}

/** Gathers what is wrong with the options of a command line, so that all of it is said at once. */
export interface OptionChecks {
  /** The value of an option as a whole number within bounds; what is none is noted. */
  wholeNumber(name: string, value: string, min: number, max: number): number;
  /** Notes a value that is none of those that there are. */
  oneOf(name: string, value: string, known: readonly string[]): void;
  note(problem: string): void;
  /** Throws a UsageError if anything was noted. */
  done(): void;
}

/** Creates the checks of one command line. */
export function createOptionChecks(): OptionChecks {
  const problems: string[] = [];
  const note = (problem: string) => void problems.push(problem);
  return {
    wholeNumber(name, value, min, max) {
      if (/^\d{1,10}$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value);
      note(`--${name} must be a whole number from ${min} to ${max}, but is "${value}".`);
      return min;
    },
    oneOf(name, value, known) {
      if (!known.includes(value)) note(`--${name}: there is no "${value}"; --list shows what there is.`);
    },
    note,
    done() {
      if (problems.length > 0) throw new UsageError(problems.join('\n'));
    },
  };
}

/** The values of a command line's flags; throws a UsageError at one that is not among them. */
export function parseFlags<T extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false, strict: true }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Prints why a program ended in an error, with its usage where the options are wrong; gives its exit status. */
export function explainError(error: unknown, usage: string): number {
  const isUsage = error instanceof UsageError;
  const text = isUsage ? `${error.message}\n\n${usage}` : error instanceof Error ? error.stack : error;
  process.stderr.write(`${text}\n`);
  return isUsage ? 2 : 1;
}
