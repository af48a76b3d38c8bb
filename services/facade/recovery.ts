import { type ClusterView, overlap } from '../shared/cluster-view.ts';
import { createJournal } from '../shared/journal.ts';
import type { Log } from '../shared/log.ts';
import type { Message } from '../shared/message.ts';
import type { LoggerClient } from './logger-client.ts';

/** What the facade can do when the part of the cluster in which messages were stored is not the one that counts now. */
export interface Recovery {
  /** Notes messages that were stored in a cluster that counts; `settle` must have been called for it. */
  note(messages: readonly Message[], cluster: ClusterView): void;
  /**
   * Sees that a cluster has what was acknowledged in the one before it: if no member is left of that, the messages of late are
   * stored again, through the logger given. Gives true if they were: what was read before then may lack them. Throws if
   * they could not be.
   */
  settle(client: LoggerClient, cluster: ClusterView): Promise<boolean>;
}

const MAX_BATCH_MESSAGES = 256;
const MAX_BATCH_LENGTH = 1_048_576;
const BATCH_TIMEOUT_MS = 5_000;

/**
 * Creates the recovery. Two members that were frozen and evicted by the third come back as a cluster of two, without what
 * the third stored alone; when that one is merged into theirs, Hazelcast drops the rest at the first error. Its logger stores
 * again what it knows, but may have been killed as well. Repeating is safe: UUIDs and texts stay the same.
 */
export function createRecovery(log: Log): Recovery {
  const journal = createJournal();
  let storedIn: ClusterView | undefined;
  let largestSize = 0;
  let restoring: Promise<void> | undefined;

  const isSettled = (cluster: ClusterView) =>
    storedIn === undefined || overlap(storedIn, cluster) || journal.messages().length === 0;

  async function restore(client: LoggerClient, cluster: ClusterView): Promise<void> {
    // All members were started anew: what they held is gone, and some of it alone would help nobody.
    if (await isEmpty(client)) {
      journal.clear();
      return;
    }
    let count = 0;
    for (const batch of batchesOf(journal.messages())) {
      const { outcomes } = await client.store(batch, AbortSignal.timeout(BATCH_TIMEOUT_MS));
      count += outcomes.filter((outcome) => outcome === 'stored').length;
    }
    storedIn = cluster;
    if (count > 0) log.warn(`stored ${count} messages again that the members of now did not have`);
  }

  return {
    note(messages, cluster) {
      largestSize = Math.max(largestSize, cluster.size);
      storedIn = cluster;
      journal.add(messages, 2 * cluster.size <= largestSize);
    },
    async settle(client, cluster) {
      let isStoredAgain = false;
      // Again, if what was waited for was begun for another cluster.
      for (; !isSettled(cluster); isStoredAgain = true) {
        restoring ??= restore(client, cluster).finally(() => {
          restoring = undefined;
        });
        await restoring;
      }
      return isStoredAgain;
    },
  };
}

async function isEmpty(client: LoggerClient): Promise<boolean> {
  const { chunks } = await client.read({ limit: 1 }, AbortSignal.timeout(BATCH_TIMEOUT_MS));
  for await (const _chunk of chunks) return false;
  return true;
}

function* batchesOf(messages: readonly Message[]): Generator<readonly Message[]> {
  let batch: Message[] = [];
  let length = 0;
  for (const message of messages) {
    if (batch.length === MAX_BATCH_MESSAGES || length + message.msg.length > MAX_BATCH_LENGTH) {
      yield batch;
      batch = [];
      length = 0;
    }
    batch.push(message);
    length += message.msg.length;
  }
  if (batch.length > 0) yield batch;
}
