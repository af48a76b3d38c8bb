import type { Situation } from '../../services/logger/quorum/quorum.ts';
import type { Guards } from './rule.ts';

const asItIs = (situation: Situation) => situation;

/** The rule with all its guards. */
export const RULE: Guards = {
  name: 'rule',
  summary: 'the rule as it is',
  toldQuorum: asItIs,
  toldVoters: asItIs,
  checksStore: true,
  checksRead: true,
};

/** The rule with one thing broken each: told something else, or without a guard. The rule's code is the same. */
export const BROKEN_RULES: readonly Guards[] = [
  {
    ...RULE,
    name: 'dead-counted',
    summary: 'a dead voter is counted as living',
    toldQuorum: (situation) => ({ ...situation, mayLive: () => true }),
    toldVoters: (situation) => ({ ...situation, mayLive: () => true }),
  },
  {
    ...RULE,
    name: 'frozen-removed',
    summary: 'a frozen member is taken out of the voters',
    toldVoters: (situation) => ({ ...situation, mayLive: () => false }),
  },
  { ...RULE, name: 'no-check-after', summary: 'a store is not checked after the put', checksStore: false },
  { ...RULE, name: 'waking-trusted', summary: 'a read trusts a member that has just woken', checksRead: false },
  {
    ...RULE,
    name: 'empty-trusted',
    summary: 'a cluster without stored voters counts at once',
    toldQuorum: (s) => (s.voters === undefined ? { ...s, mayLive: () => false, isSettled: true } : s),
  },
];
