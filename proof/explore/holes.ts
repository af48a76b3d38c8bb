import { type BrokenRule, RULE } from './rules.ts';

/** What the rule itself does not cover, though it should: each has to be found, until the rule is changed. docs/explore.md tells of them. */
export const HOLES: readonly BrokenRule[] = [
  {
    name: 'left-behind',
    summary: 'with disks, a member that was frozen while others stored outlives them: nothing is put back from disk',
    guards: RULE,
    script: 'freeze 3, kill 1, kill 2, wake 3',
    breach: 'stale read',
    disks: 'beside',
  },
  {
    name: 'merged-alone',
    summary: 'with disks, the last member merges, its host is killed half way: nothing is put back from disk',
    guards: RULE,
    script: 'kill 2, kill 3, start 3, kill 3',
    breach: 'lost in a merge',
    disks: 'beside',
  },
  {
    name: 'host-frozen',
    summary: 'the last member merges, its host freezes half way',
    guards: RULE,
    script: 'kill 2, kill 3, start 3, freeze 3',
    breach: 'stale read',
  },
];
