import type { WindowEvent } from '../history/history.ts';
import { buildPorcupine, type CheckedWindow, type Porcupine } from './porcupine.ts';
import { type Finding, finding } from './violation.ts';

/** What a checker that is not ours says of a history. */
export interface Linearizability {
  /** In a few words: `linearizable: 191,338 operations, 4,001 keys`. */
  readonly summary: string;
  findIn(window: WindowEvent): readonly Finding[];
}

const RULE = 'not linearizable';
const EXAMPLES = 3;

/** The check of one run. */
export interface LinearizabilityCheck {
  /** Checks a stored history. */
  check(history: string): Promise<Linearizability>;
  /** Removes what the check needed. */
  close(): void;
}

/** Gets the check ready; where that cannot be, it says why, and the check is left out. */
export async function openLinearizabilityCheck(say: (text: string) => void): Promise<LinearizabilityCheck> {
  const porcupine = (await buildPorcupine().catch((error: Error) => error.message)) ?? 'Go is not installed';
  if (typeof porcupine !== 'string')
    return { check: (history) => checkLinearizability(porcupine, history), close: porcupine.close };
  say(`left out: the check by Porcupine, as ${porcupine}`);
  return { check: async () => leftOut(porcupine), close() {} };
}

/** Where there was no such check: nothing is found. */
export function leftOut(reason: string): Linearizability {
  return { summary: `left out, as ${reason}`, findIn: () => [] };
}

/** Has a stored history checked. What is not known of a window has not passed. */
export async function checkLinearizability(porcupine: Porcupine, history: string): Promise<Linearizability> {
  try {
    return judge(await porcupine.check(history));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const unknown = finding(RULE, `it is not known whether all is linearizable: ${reason}`);
    return { summary: `unknown: ${reason}`, findIn: () => [unknown] };
  }
}

/** Judges what Porcupine said of the windows of a history. */
export function judge(checked: readonly CheckedWindow[]): Linearizability {
  const total = (count: (one: CheckedWindow) => number) => checked.reduce((sum, one) => sum + count(one), 0);
  const figure = (count: (one: CheckedWindow) => number) => total(count).toLocaleString('en-US');
  const outcomes = [
    { outcome: RULE, isSo: total(({ faulty }) => faulty) > 0 },
    { outcome: 'not finished', isSo: total(({ unfinished }) => unfinished) > 0 },
  ];
  const outcome = outcomes.find(({ isSo }) => isSo)?.outcome ?? 'linearizable';
  return {
    summary: `${outcome}: ${figure(({ operations }) => operations)} operations, ${figure(({ keys }) => keys)} keys`,
    findIn({ name, seed, startMs }) {
      const one = checked.find((each) => each.window === name && each.seed === seed && each.startMs === startMs);
      if (one === undefined) return [finding(RULE, 'Porcupine did not check this window')];
      const { faulty, unfinished, stories } = one;
      const count = faulty + unfinished;
      if (count === 0) return [];
      const more = count > EXAMPLES ? '\n…' : '';
      const detail = `${faulty} messages are not linearizable, ${unfinished} were not checked in time:\n${stories.slice(0, EXAMPLES).join('\n')}${more}`;
      return [{ rule: RULE, detail, count, timing: false }];
    },
  };
}
