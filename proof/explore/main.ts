import { isQuiet, wouldServe } from './invariants.ts';
import { createJudge } from './rule.ts';
import { BROKEN_RULES, RULE } from './rules.ts';
import { search } from './search.ts';
import type { Model } from './model.ts';

const guards = [RULE, ...BROKEN_RULES].find(({ name }) => name === process.argv[2]) ?? RULE;
const model: Model = {
  size: Number(process.argv[5] ?? 3),
  plan: { kinds: ['kill', 'freeze', 'cut'], most: Number(process.argv[3] ?? 2), script: undefined },
  guards,
  judge: createJudge(guards),
};
const o = search(
  model,
  (state) => (isQuiet(state, true) && !wouldServe(model, state) ? 'nobody serves' : undefined),
  { seconds: Number(process.argv[4] ?? 20), depth: 1000, endsAt: (b) => guards !== RULE && b !== 'lost in a merge' },
);
console.log(o);
console.log(process.memoryUsage().rss / 1e6);
