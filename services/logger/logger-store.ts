import type { Log } from '../shared/observing/log.ts';
import type { LoggerConfig } from './config.ts';
import { createHazelcastStore } from './hazelcast-store.ts';
import { createStatus, type TellStatus } from './logger-status.ts';
import { createSafetyCheck } from './member/member-health.ts';
import { openSessions } from './member/session.ts';
import type { MessageStore } from './message-store.ts';
import { createClusterAccess } from './quorum/cluster-access.ts';
import { createLiveness } from './quorum/liveness.ts';
import { countedStore } from './quorum/quorum-store.ts';
import { openQuorum } from './quorum/quorum-watch.ts';
import { costOf, createQuota } from './quota/quota.ts';
import { limitedStore } from './quota/quota-store.ts';
import { createReservedBytes } from './quota/reserved-bytes.ts';
import { createHazelcastInspector } from './reading/inspect/hazelcast-inspector.ts';
import type { MapInspector } from './reading/inspect/map-inspector.ts';
import { createLongTexts } from './reading/long-texts.ts';
import { createMapQueries } from './reading/map-queries.ts';
import { createMergeWatch } from './reading/merge-watch.ts';

/** What a logger is made of, behind its addresses. */
export interface LoggerParts {
  readonly store: MessageStore;
  readonly status: TellStatus;
  /** What there is to be seen of the map, for people. */
  readonly inspector: MapInspector;
  /** How many members its cluster has; 0 while its member is away. */
  readonly clusterSize: () => number;
  /** How many bytes of the limit are taken, about; 0 if there is no limit. Throws if that cannot be said soon. */
  readonly storedBytes: () => Promise<number>;
}

type Options = Pick<
  LoggerConfig,
  'memberAddress' | 'memberAddresses' | 'memberHealthUrl' | 'clusterName' | 'callTimeoutMs' | 'maxStoredBytes'
> & { readonly log: Log };

/** How long metrics wait for it. */
const USAGE_PATIENCE_MS = 500;

/**
 * Opens the store of a logger, layer on layer, through its own member and no other. It returns at once: while the member is away the
 * store is not ready, and it comes back by itself.
 */
export function openLoggerStore(options: Options): LoggerParts & { close(): Promise<void> } {
  const { memberAddress, memberAddresses, memberHealthUrl, maxStoredBytes, log } = options;
  const closing = new AbortController();
  const askSafe = createSafetyCheck(memberHealthUrl);
  const longTexts = createLongTexts();
  const sessions = openSessions(memberAddress, {
    ...options,
    onConnected(session) {
      // Not waited for: where another member is frozen it may take long, and without a mark reads count.
      void longTexts.begin(session).catch(() => {});
      quota?.checkSoon();
    },
  });
  const { current } = sessions;
  const quorum = openQuorum({
    cluster: createClusterAccess(sessions, memberHealthUrl === undefined ? undefined : askSafe),
    configured: [...memberAddresses.keys()],
    mayLive: createLiveness(memberAddresses),
    log,
  });
  const createAsk = createMapQueries(createMergeWatch(askSafe, () => quota?.checkSoon()));
  const onMap = createHazelcastStore({ sessions, createAsk, longTexts });
  const reserved = createReservedBytes(current);

  async function countStored(): Promise<number> {
    let bytes = 0;
    for await (const page of onMap.read({}, closing.signal)) for (const message of page) bytes += costOf(message);
    return bytes;
  }

  const quota =
    maxStoredBytes === 0 ? undefined : createQuota({ limitBytes: maxStoredBytes, reserved, countStored, log });
  return {
    store: countedStore(quota === undefined ? onMap : limitedStore(onMap, quota), quorum),
    status: createStatus({ sessions, quorum, askSafe, memberAddress }),
    inspector: createHazelcastInspector({ current, createAsk, askSafe }),
    clusterSize: () => sessions.session?.members().length ?? 0,
    storedBytes: async () => (await reserved.get(USAGE_PATIENCE_MS)) ?? 0,
    async close() {
      closing.abort();
      quota?.close();
      await quorum.close();
      await sessions.close();
    },
  };
}
