import { FAULT_KINDS, type Fault } from './model.ts';

/** Reads a script of faults: `kill 2, quiet, kill 3`. Throws a RangeError if it is none. */
export function parseScript(text: string): Fault[] {
  return text.split(', ').map((part) => {
    const [word, number] = part.split(' ');
    const kind = FAULT_KINDS.find((known) => known === word);
    if (kind === undefined) throw new RangeError(`${part} is no fault`);
    return { kind, index: number === undefined ? -1 : Number(number) - 1 };
  });
}
