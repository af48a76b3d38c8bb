import type { LoggerClient } from '../../services/facade/logger-client.ts';
import type { LoggerPool } from '../../services/facade/logger-pool.ts';
import type { ReadMessages } from '../../services/facade/message-reader.ts';
import type { Disk } from '../../services/logger/durable/disk.ts';
import type { Replay } from '../../services/logger/durable/replay.ts';
import type { MessageStore } from '../../services/logger/message-store.ts';
import type { ClusterAccess } from '../../services/logger/quorum/cluster-access.ts';
import type { Liveness } from '../../services/logger/quorum/liveness.ts';
import type { Quorum, Standing } from '../../services/logger/quorum/quorum-watch.ts';
import { Problem } from '../../services/shared/message/problem.ts';
import type { ClusterContext } from './cluster/member.ts';
import type { FaultKind } from './fault-kinds.ts';

/** Where something can be broken on purpose: around the services' parts, or in what they are told. */
export interface Defect {
  readonly name: string;
  readonly summary: string;
  /** Whether messages are kept on disk; without it, as the seed says. */
  readonly isDurable?: boolean;
  /** Faults that bring it to light, in this order; without them any. */
  readonly faults?: readonly FaultKind[];
  /** The rules of the checker of which at least one must be broken. */
  readonly shownBy: readonly string[];
  readonly backupCount: number;
  /** Whether a sync of the disk does anything. */
  readonly syncs: boolean;
  cluster(access: ClusterAccess): ClusterAccess;
  configured(names: readonly string[]): readonly string[];
  liveness(mayLive: Liveness, context: ClusterContext): Liveness;
  quorum(quorum: Quorum): Quorum;
  /** By what the watch of the quorum tells how long it has been quiet. */
  now(): number;
  /** What a logger writes to. */
  disk(disk: Disk): Disk;
  replay(replay: Replay<Standing>, quorum: Quorum): Replay<Standing>;
  store(store: MessageStore): MessageStore;
  pool(pool: LoggerPool<LoggerClient>): LoggerPool<LoggerClient>;
  reads(read: ReadMessages): ReadMessages;
  uuid(own: string | undefined): string | undefined;
}

/** The services as they are. */
export const NO_DEFECT: Defect = {
  name: 'none',
  summary: 'nothing is broken',
  shownBy: [],
  backupCount: 2,
  syncs: true,
  cluster: (access) => access,
  configured: (names) => names,
  liveness: (mayLive) => mayLive,
  quorum: (quorum) => quorum,
  now: () => performance.now(),
  disk: (disk) => disk,
  replay: (replay) => replay,
  store: (store) => store,
  pool: (pool) => pool,
  reads: (read) => read,
  uuid: (own) => own,
};

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
