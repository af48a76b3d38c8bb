import { isQuiet, wouldServe } from './invariants.ts';
import type { Disks, Fault, FaultKind, Model } from './model.ts';
import { createJudge } from './rule.ts';
import { type BrokenRule, RULE } from './rules.ts';
import { parseScript } from './script.ts';
import { type Outcome, search } from './search.ts';
import { SEATED, type State } from './state.ts';

/** How far the rule is explored. */
export interface Extent {
  readonly seconds: number;
  readonly depth: number;
  readonly faults: number;
  readonly kinds: readonly FaultKind[];
  readonly members: number;
  readonly disks: Disks;
}

/** Explores the rule itself, under any faults of some kinds, or under those of a script. */
export function exploreRule(extent: Extent, guards = RULE, script?: readonly Fault[]): Outcome {
  const { seconds, depth, faults, kinds, members, disks } = extent;
  const plan = { kinds, most: faults, script };
  const model: Model = { size: members, plan, guards, judge: createJudge(guards), disks };
  // A disk is only read by a logger that has its member.
  const mayServe = (state: State) => disks === 'none' || state.members.every(({ phase }) => phase === SEATED);
  return search(
    model,
    (state) => (isQuiet(state, true) && mayServe(state) && !wouldServe(model, state) ? 'nobody serves' : undefined),
    { seconds, depth, endsAt: (breach) => breach !== 'lost in a merge' },
  );
}

/** Explores a broken rule, under its own faults, until it is found. */
export function exploreBroken({ guards, script, breach, disks = 'none' }: BrokenRule, seconds: number): Outcome {
  const faults = parseScript(script);
  const plan = { kinds: [], most: 0, script: faults };
  const model: Model = { size: 3, plan, guards, judge: createJudge(guards), disks };
  return search(
    model,
    (state) =>
      state.faults === faults.length && isQuiet(state, false) && !wouldServe(model, state)
        ? 'nobody serves'
        : undefined,
    { seconds, depth: Number.POSITIVE_INFINITY, endsAt: (found) => found === breach },
  );
}
