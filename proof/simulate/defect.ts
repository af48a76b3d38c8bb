import type { LoggerClient } from '../../services/facade/logger-client.ts';
import type { LoggerPool } from '../../services/facade/logger-pool.ts';
import type { ReadMessages } from '../../services/facade/message-reader.ts';
import type { Disk } from '../../services/logger/durable/disk.ts';
import type { Replay } from '../../services/logger/durable/replay.ts';
import type { MessageStore } from '../../services/logger/message-store.ts';
import type { ClusterAccess } from '../../services/logger/quorum/cluster-access.ts';
import type { Liveness } from '../../services/logger/quorum/liveness.ts';
import type { Quorum, Standing } from '../../services/logger/quorum/quorum-watch.ts';
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
