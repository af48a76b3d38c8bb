import { Problem } from '../../services/shared/message/problem.ts';
import { type Defect, NO_DEFECT } from './defect.ts';

const LACKING = ['lost', 'stale'];

/** What the simulation must find. */
export const DEFECTS: readonly Defect[] = [
  {
    ...NO_DEFECT,
    name: 'no-backups',
    summary: 'the members keep one copy of each message only',
    faults: ['kill-member'],
    shownBy: LACKING,
    backupCount: 0,
  },
  {
    ...NO_DEFECT,
    name: 'no-failover',
    summary: 'a facade tries always the same logger, whatever is known of it',
    faults: ['kill-logger'],
    shownBy: ['failed'],
    pool: (pool) => ({ ...pool, order: () => pool.loggers.slice(0, 1) }),
  },
  {
    ...NO_DEFECT,
    name: 'early-ack',
    summary: 'a logger answers before its member has stored',
    faults: ['freeze-member'],
    shownBy: LACKING,
    store: (store) => ({
      read: store.read,
      store: async (messages) => {
        void store.store(messages).catch(() => {});
        return messages.map(() => 'stored');
      },
    }),
  },
  {
    ...NO_DEFECT,
    name: 'empty-read',
    summary: 'a read that no logger can serve is an empty 200',
    faults: ['freeze-two-members'],
    shownBy: ['stale'],
    reads: (read) =>
      async function* (range, signal, origin) {
        try {
          yield* read(range, signal, origin);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
        }
      },
  },
  {
    ...NO_DEFECT,
    name: 'new-uuid',
    summary: 'a facade takes no notice of the UUID that a caller sends again',
    faults: ['restart-facade'],
    shownBy: ['duplicated'],
    uuid: () => undefined,
  },
  {
    ...NO_DEFECT,
    name: 'dead-counted',
    summary: 'the rule counts a dead voter as living',
    faults: ['kill-two-members'],
    shownBy: ['failed'],
    liveness: () => async () => true,
  },
  {
    ...NO_DEFECT,
    name: 'frozen-removed',
    summary: 'the rule takes a frozen member for dead, and out of the voters',
    faults: ['freeze-two-members'],
    shownBy: LACKING,
    liveness:
      (mayLive, { members }) =>
      async (name) =>
        (await mayLive(name)) && members.get(name)?.vp.state !== 'frozen',
  },
  {
    ...NO_DEFECT,
    name: 'no-check-after',
    summary: 'a store is not checked after the put',
    faults: ['cut-member'],
    shownBy: LACKING,
    quorum: (quorum) => ({ ...quorum, confirmStore: async () => {} }),
  },
  {
    ...NO_DEFECT,
    name: 'waking-trusted',
    summary: 'a read trusts a member that has just woken: it asks for no view, and writes nothing',
    faults: ['cut-member'],
    shownBy: LACKING,
    quorum: (quorum) => ({ ...quorum, confirmRead: async () => {} }),
  },
  {
    ...NO_DEFECT,
    name: 'empty-trusted',
    summary: 'an empty pair is trusted: no other member has to be waited for',
    faults: ['freeze-one-kill-others'],
    shownBy: LACKING,
    configured: () => [],
  },
  {
    ...NO_DEFECT,
    name: 'copies-trusted',
    summary: 'those who are left when a member goes serve before every copy is in its place',
    faults: ['freeze-as-another-wakes'],
    shownBy: LACKING,
    cluster: (access) => ({ ...access, askSafe: async () => true }),
  },
  {
    ...NO_DEFECT,
    name: 'settled-early',
    summary: 'a cluster is taken for settled while a merge still puts entries',
    faults: ['freeze-one-kill-others'],
    shownBy: LACKING,
    cluster: (access) => ({ ...access, askSafe: async () => true, size: async () => 0 }),
    now: () => 20 * performance.now(),
  },
  {
    ...NO_DEFECT,
    name: 'no-sync',
    summary: 'what is written to disk is not synced',
    isDurable: true,
    faults: ['cut-power'],
    shownBy: LACKING,
    syncs: false,
  },
  {
    ...NO_DEFECT,
    name: 'unfilled-trusted',
    summary: 'members that are being filled from disk are read',
    isDurable: true,
    faults: ['kill-everything'],
    shownBy: LACKING,
    replay: (replay, { standing }) => ({ ...replay, standing, objection: () => undefined }),
  },
  {
    ...NO_DEFECT,
    name: 'own-disk-only',
    summary: 'a cluster is taken for filled as soon as one logger is done',
    isDurable: true,
    faults: ['kill-everything'],
    shownBy: LACKING,
    disk: (disk) => ({ ...disk, identity: { ...disk.identity, loggers: [disk.identity.logger] } }),
  },
];
