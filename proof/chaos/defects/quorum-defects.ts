import type { Defect } from './defects.ts';

const RULE = 'services/logger/quorum/quorum.ts';
const WATCH = 'services/logger/quorum/quorum-watch.ts';

/** The rule of who counts, broken in five ways. */
export const QUORUM_DEFECTS: readonly Defect[] = [
  {
    name: 'dead-may-live',
    summary: 'a member whose process is gone counts as one that may live',
    patches: [
      {
        file: 'services/logger/quorum/liveness.ts',
        replace: `({ code }: NodeJS.ErrnoException) => end(code !== 'ECONNREFUSED')`,
        by: '() => end(true)',
      },
    ],
    faults: ['kill-two-members'],
    shownBy: ['failed'],
  },
  {
    name: 'frozen-forgotten',
    summary: 'a frozen member is taken out of the voters, as a dead one is',
    patches: [{ file: RULE, replace: '!has(view, name) && mayLive(name)', by: `name === '' && mayLive(name)` }],
    faults: ['kill-member-beside-frozen'],
    shownBy: ['nothing stored', 'lost', 'stale'],
  },
  {
    name: 'no-check-after-put',
    summary: 'a message is acknowledged though the cluster may have changed since it was put',
    patches: [
      {
        file: 'services/logger/quorum/quorum-store.ts',
        replace: 'await quorum.confirmStore(standing);',
        by: 'void standing;',
      },
    ],
    faults: ['resume-evicted-member', 'freeze-two-members-8s', 'freeze-all-members-8s'],
    shownBy: ['lost', 'stale'],
  },
  {
    name: 'no-fence',
    summary: 'a read is answered though its member may have been left out meanwhile',
    patches: [
      {
        file: WATCH,
        replace: 'if (!(await cluster.replaceVoters(held.voters, held.voters))) throw changed();',
        by: '',
      },
      { file: WATCH, replace: 'if (!isSame(await freshView(), held.view)) throw changed();', by: '' },
    ],
    faults: ['resume-evicted-member', 'frozen-one-returns-loggers-gone'],
    shownBy: ['stale'],
  },
  {
    name: 'empty-pair-trusted',
    summary: 'members without voters count at once, whoever else may live; they do not wait to join one that is frozen',
    patches: [
      {
        file: RULE,
        replace: 'return isSettled && configured.every((name) => has(view, name) || !mayLive(name));',
        by: 'return isSettled && configured.length > 0;',
      },
      { file: 'deploy/members.sh', replace: 'join=$(member_to_join "$1")', by: `join=''` },
    ],
    faults: ['empty-pair-beside-frozen'],
    shownBy: ['nothing stored', 'lost', 'stale'],
  },
];
