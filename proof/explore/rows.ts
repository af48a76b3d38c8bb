import { runs, sitsIn } from './cluster.ts';
import { isQuiet, wouldServe } from './invariants.ts';
import { type Breach, type Disks, type Model, mayServe } from './model.ts';
import { createJudge, type Guards } from './rule.ts';
import { parseScript } from './script.ts';
import { type Outcome, search } from './search.ts';
import { memberAt, type State } from './state.ts';

/** A line of the table of who serves: what is done, and who must serve when nothing moves any more. */
export interface Row {
  readonly situation: string;
  readonly script: string;
  readonly expected: 'somebody serves' | 'nobody serves';
  /** From this step of the script on, member 1 must serve whenever it is alone in its cluster. */
  readonly withoutPauseFrom?: number;
  readonly disks?: Disks;
}

/** What must follow, with three members. Everything that the script does not name happens in every order, as late as it likes. */
export const ROWS: readonly Row[] = [
  { situation: 'one killed', script: 'kill 2', expected: 'somebody serves' },
  { situation: 'two killed at once', script: 'kill 2, kill 3', expected: 'somebody serves' },
  { situation: 'two killed, one after the other', script: 'kill 2, quiet, kill 3', expected: 'somebody serves' },
  { situation: 'one frozen', script: 'freeze 3', expected: 'somebody serves' },
  { situation: 'one frozen, awake again', script: 'freeze 3, wake 3', expected: 'somebody serves' },
  { situation: 'one cut off', script: 'cut 3', expected: 'somebody serves' },
  { situation: 'one cut off, back again', script: 'cut 3, heal', expected: 'somebody serves' },
  { situation: 'two frozen', script: 'freeze 2, freeze 3', expected: 'nobody serves' },
  { situation: 'two frozen, one awake again', script: 'freeze 2, freeze 3, wake 2', expected: 'somebody serves' },
  {
    situation: 'two frozen, both awake again',
    script: 'freeze 2, freeze 3, wake 2, wake 3',
    expected: 'somebody serves',
  },
  { situation: 'two frozen, then killed', script: 'freeze 2, freeze 3, kill 2, kill 3', expected: 'somebody serves' },
  { situation: 'one frozen and one killed', script: 'freeze 3, kill 2', expected: 'nobody serves' },
  {
    situation: 'one frozen and one killed, then awake',
    script: 'freeze 3, kill 2, wake 3',
    expected: 'somebody serves',
  },
  {
    situation: 'two killed ones started again, not joined yet',
    script: 'kill 2, kill 3, quiet, start 2, start 3',
    expected: 'somebody serves',
    withoutPauseFrom: 3,
  },
  { situation: 'one killed and started again', script: 'kill 3, start 3', expected: 'somebody serves' },
  {
    situation: 'all killed and started again',
    script: 'kill 1, kill 2, kill 3, start 1, start 2, start 3',
    expected: 'somebody serves',
  },
  {
    situation: 'two killed, one after the other, with disks',
    script: 'kill 2, quiet, kill 3',
    expected: 'somebody serves',
    disks: 'beside',
  },
  {
    situation: 'two killed at once and started again, with disks',
    script: 'kill 2, kill 3, start 2, start 3',
    expected: 'somebody serves',
    disks: 'beside',
  },
  {
    situation: 'all killed, two started again, with disks',
    script: 'kill 1, kill 2, kill 3, start 1, start 2',
    expected: 'nobody serves',
    disks: 'beside',
  },
  {
    situation: 'all killed and started again, with disks',
    script: 'kill 1, kill 2, kill 3, start 1, start 2, start 3',
    expected: 'somebody serves',
    disks: 'beside',
  },
];

/** What came of a row. */
export interface RowOutcome {
  readonly row: Row;
  readonly outcome: Outcome;
  /** How many states there are in which the script is done and nothing moves. */
  readonly ends: number;
  readonly holds: boolean;
}

/** Explores a row: all orders of everything, up to a number of seconds. */
export function exploreRow(row: Row, guards: Guards, seconds: number): RowOutcome {
  const script = parseScript(row.script);
  const plan = { kinds: [], most: 0, script };
  const model: Model = { size: 3, plan, guards, judge: createJudge(guards), disks: row.disks ?? 'none' };
  let ends = 0;
  const look = (state: State): Breach | undefined => {
    if (state.faults >= (row.withoutPauseFrom ?? Number.POSITIVE_INFINITY) && pauses(model, state)) return 'pause';
    if (state.faults < script.length || !isQuiet(state, false)) return undefined;
    ends++;
    const seen = wouldServe(model, state) ? 'somebody serves' : 'nobody serves';
    return seen === row.expected ? undefined : seen;
  };
  const outcome = search(model, look, { seconds, depth: Number.POSITIVE_INFINITY, endsAt: () => true });
  return { row, outcome, ends, holds: ends > 0 && outcome.findings.length === 0 };
}

/** Member 1 is alone in its cluster, its logger knows that, and still it does not serve. */
function pauses(model: Model, state: State): boolean {
  const member = memberAt(state, 0);
  const isAlone = runs(member) && sitsIn(member, member.view) && member.view === member.seat;
  return isAlone && member.known === member.view && !mayServe(model, state, 0, member.view);
}
