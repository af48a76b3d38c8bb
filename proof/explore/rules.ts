import type { Situation } from '../../services/logger/quorum/quorum.ts';
import type { Breach, Disks } from './model.ts';
import type { Guards } from './rule.ts';

const asItIs = (situation: Situation) => situation;

/** The rule with all its guards. */
export const RULE: Guards = {
  toldQuorum: asItIs,
  toldVoters: asItIs,
  checksStore: true,
  checksRead: true,
  asksPorts: true,
  keepsNote: false,
  awaitsReplay: true,
  checksReplay: true,
};

/** The rule with one thing broken: told something else, or without a guard. The rule's code is the same. */
export interface BrokenRule {
  readonly name: string;
  readonly summary: string;
  readonly guards: Guards;
  /** Faults that bring it to light, and what they lead to. */
  readonly script: string;
  readonly breach: Breach;
  readonly disks?: Disks;
}

/** The situation in which no voter was merged: each has the UUID that its process has now. */
function withoutMerges(situation: Situation): Situation {
  const { view, voters } = situation;
  if (voters === undefined) return situation;
  const seats = voters.seats.map((voter) => view.find(({ process }) => process === voter.process) ?? voter);
  return { ...situation, voters: { ...voters, seats } };
}

/** The rules that must be found broken. */
export const BROKEN_RULES: readonly BrokenRule[] = [
  {
    name: 'dead-counted',
    summary: 'a dead voter is counted as living',
    guards: {
      ...RULE,
      toldQuorum: (situation) => ({ ...situation, mayLive: () => true }),
      toldVoters: (situation) => ({ ...situation, mayLive: () => true }),
    },
    script: 'kill 2, kill 3',
    breach: 'nobody serves',
  },
  {
    name: 'frozen-removed',
    summary: 'a frozen member is taken out of the voters',
    guards: { ...RULE, toldVoters: (situation) => ({ ...situation, mayLive: () => false }) },
    script: 'freeze 3, freeze 1, wake 3, quiet, kill 2, wake 1',
    breach: 'stale read',
  },
  {
    name: 'no-check-after',
    summary: 'a store is not checked after the put',
    guards: { ...RULE, checksStore: false },
    script: 'freeze 1, wake 1',
    breach: 'stale read',
  },
  {
    name: 'waking-trusted',
    summary: 'a read trusts a member that has just woken: it asks for no view, and writes nothing',
    guards: { ...RULE, checksRead: false },
    script: 'freeze 1, wake 1',
    breach: 'stale read',
  },
  {
    name: 'empty-trusted',
    summary: 'an empty pair is trusted: without stored voters a cluster counts at once',
    guards: {
      ...RULE,
      toldQuorum: (situation) =>
        situation.voters === undefined ? { ...situation, mayLive: () => false, isSettled: true } : situation,
    },
    script: 'freeze 3, kill 1, kill 2, start 1, start 2',
    breach: 'stale read',
  },
  {
    name: 'settled-early',
    summary: 'a cluster is taken for settled while a merge still puts entries',
    guards: { ...RULE, toldQuorum: (situation) => ({ ...situation, isSettled: true }) },
    script: 'freeze 3, kill 1, wake 3',
    breach: 'stale read',
  },
  {
    name: 'emptied-trusted',
    summary: 'a voter that a merge emptied counts alone, although what it brought may be where it was merged into',
    guards: { ...RULE, toldQuorum: (situation) => (situation.isSettled ? withoutMerges(situation) : situation) },
    script: 'kill 2, kill 3, start 3, freeze 3',
    breach: 'stale read',
  },
  {
    name: 'old-ports',
    summary: 'a member is taken for gone because its port refused some time ago',
    guards: { ...RULE, asksPorts: false },
    script: 'kill 1, kill 2, kill 3, start 1, start 2',
    breach: 'stale read',
  },
  {
    name: 'note-kept',
    summary: 'the note that all is put back from disk is kept although nobody lives who had the messages',
    guards: { ...RULE, keepsNote: true },
    script: 'kill 1, kill 3, start 3, kill 2',
    breach: 'lost in a merge',
    disks: 'beside',
  },
  {
    name: 'left-behind',
    summary:
      'that note is kept although most of those who had the messages are dead, and this one was frozen meanwhile',
    guards: { ...RULE, keepsNote: true },
    script: 'freeze 3, kill 1, kill 2, wake 3',
    breach: 'stale read',
    disks: 'beside',
  },
  {
    name: 'replay-not-awaited',
    summary: 'reads are answered before all is put back from disk',
    guards: { ...RULE, awaitsReplay: false },
    script: 'kill 1, kill 2, kill 3, start 1',
    breach: 'stale read',
    disks: 'beside',
  },
  {
    name: 'replay-unchecked',
    summary: 'a logger notes that new members have all from its disk, and did not check after the put',
    guards: { ...RULE, checksReplay: false },
    script: 'cut 1, kill 1, heal, start 1',
    breach: 'stale read',
    disks: 'alone',
  },
];
