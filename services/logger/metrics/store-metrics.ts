import { Gauge, Histogram, type Registry } from 'prom-client';
import type { LoggerParts } from '../logger-store.ts';

type Options = Pick<LoggerParts, 'clusterSize' | 'storedBytes' | 'status'> & { readonly maxStoredBytes: number };

/** Times a store of messages: called at its start, and what it gives at its end. */
export type TimeStore = () => (labels: { readonly result: 'ok' | 'error' }) => void;

/** Creates the metrics of a logger's store in its registry. */
export function createStoreMetrics(
  registry: Registry,
  { clusterSize, storedBytes, status, maxStoredBytes }: Options,
): TimeStore {
  const registers = [registry];
  const seconds = new Histogram({
    name: 'trilog_store_duration_seconds',
    help: 'Time to store a batch in the distributed map, all copies made',
    labelNames: ['result'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  for (const result of ['ok', 'error']) seconds.zero({ result }); // there from the start: else the first has no rate
  new Gauge({
    name: 'trilog_member_connected',
    help: 'Whether the logger is connected to its member: 1 or 0',
    registers,
    collect() {
      this.set(clusterSize() === 0 ? 0 : 1);
    },
  });
  new Gauge({
    name: 'trilog_cluster_counts',
    help: 'Whether the cluster of the logger’s member counts, so that it stores and reads: 1 or 0',
    registers,
    async collect() {
      this.set((await status({ withSafety: false })).ready ? 1 : 0);
    },
  });
  new Gauge({
    name: 'trilog_cluster_members',
    help: 'Members of the cluster as this logger’s member sees it; 0 without a connection to it',
    registers,
    collect() {
      this.set(clusterSize());
    },
  });
  new Gauge({
    name: 'trilog_stored_bytes',
    help: 'What the messages take of each member’s memory, at most (texts as UTF-8 and 512 bytes each)',
    registers,
    async collect() {
      this.set(await storedBytes().catch(() => Number.NaN));
    },
  });
  new Gauge({
    name: 'trilog_stored_bytes_limit',
    help: 'What they may take (MAX_STORED_BYTES); 0: no limit',
    registers,
  }).set(maxStoredBytes);
  return () => seconds.startTimer();
}
