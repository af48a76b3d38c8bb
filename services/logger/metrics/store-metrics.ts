import { Gauge, type Registry } from 'prom-client';
import type { DiskFigures, TellStatus } from '../logger-status.ts';

/** What the metrics of a logger tell besides its times. */
export interface StoreFigures {
  readonly status: TellStatus;
  /** How many members its cluster has; 0 while its member is away. */
  readonly clusterSize: () => number;
  /** How many bytes of the limit are taken, about; 0 if there is no limit. Throws if that cannot be said soon. */
  readonly storedBytes: () => Promise<number>;
  readonly maxStoredBytes: number;
  /** What it keeps on disk; absent if it keeps nothing. */
  readonly disk?: () => DiskFigures;
}

/** Adds the metrics of a logger's store to its registry. */
export function addStoreMetrics(
  registry: Registry,
  { clusterSize, storedBytes, status, maxStoredBytes, disk }: StoreFigures,
): void {
  function add(name: string, help: string, figure: () => number | Promise<number>): void {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(await figure());
      },
    });
  }
  const isConnected = () => (clusterSize() === 0 ? 0 : 1);
  const counts = async () => ((await status({ withSafety: false })).ready ? 1 : 0);
  add('trilog_member_connected', 'Whether the logger is connected to its member: 1 or 0', isConnected);
  add(
    'trilog_cluster_counts',
    'Whether the logger stores and reads: its member is there, the cluster counts, its disk is in order: 1 or 0',
    counts,
  );
  add(
    'trilog_cluster_members',
    'Members of the cluster as this logger’s member sees it; 0 without a connection to it',
    clusterSize,
  );
  add(
    'trilog_stored_bytes',
    'What the messages take of each member’s memory, at most (texts as UTF-8 and 512 bytes each)',
    () => storedBytes().catch(() => Number.NaN),
  );
  if (disk !== undefined) {
    add('trilog_disk_bytes', 'What the logger keeps on disk, in bytes', () => disk().bytes);
    add(
      'trilog_disk_messages',
      'How many messages it keeps on disk; one that was sent again counts again',
      () => disk().messages,
    );
  }
  add('trilog_stored_bytes_limit', 'What they may take (MAX_STORED_BYTES); 0: no limit', () => maxStoredBytes);
}
