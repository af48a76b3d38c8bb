import { randomUUID } from 'node:crypto';
import type { Express } from 'express';
import type { Log } from '../shared/observing/log.ts';
import { createMetrics } from '../shared/observing/metrics.ts';
import { createLoggerApp } from './app.ts';
import type { LoggerConfig } from './config.ts';
import { type Disk, openDisk } from './durable/disk.ts';
import { createDiskless } from './durable/diskless.ts';
import { durableStore } from './durable/durable-store.ts';
import { openReplay } from './durable/replay.ts';
import { loggedStore } from './log/logged-store.ts';
import { createStatus, endingStatus, noQuorum } from './logger-status.ts';
import { createMapWriter } from './map-writer.ts';
import { openSessions } from './member/connection.ts';
import { createSafetyCheck } from './member/member-health.ts';
import type { Session } from './member/session.ts';
import { createSharedEntry } from './member/shared-entry.ts';
import type { MessageStore } from './message-store.ts';
import { addStoreMetrics, type StoreFigures } from './metrics/store-metrics.ts';
import { timedStore } from './metrics/timed-store.ts';
import { createClusterAccess } from './quorum/cluster-access.ts';
import { createPipeLiveness, createPortLiveness } from './quorum/liveness.ts';
import { countedStore } from './quorum/quorum-store.ts';
import { openQuorum } from './quorum/quorum-watch.ts';
import { createVoterNote } from './quorum/voter-note.ts';
import { createQuota } from './quota/quota.ts';
import { costOf, limitedStore } from './quota/quota-store.ts';
import { createMapInspector, type MapInspector } from './reading/inspect/map-inspector.ts';
import { addMapRoutes } from './reading/inspect/map-routes.ts';
import { createLongTexts, notedStore } from './reading/long-texts.ts';
import { type CreateAsk, createMapQueries, createMapReader } from './reading/map-reader.ts';

/** What a logger is made of, behind its routes. */
export interface LoggerParts extends Omit<StoreFigures, 'maxStoredBytes'> {
  readonly store: MessageStore;
  /** What there is to be seen of the map, for people. */
  readonly inspector: MapInspector;
}

interface LoggerOptions
  extends Pick<LoggerConfig, 'host' | 'maxMessageBytes' | 'maxStoredBytes'>,
    Partial<Pick<LoggerConfig, 'knownNamesOnly'>> {
  readonly name: string;
  readonly log: Log;
  readonly openApi: string;
}

interface Logger {
  readonly app: Express;
  /** From now on it says that it is not ready. */
  drain(): void;
}

/** How long metrics wait for it. */
const USAGE_PATIENCE_MS = 500;

/** Opens a logger: its parts, and the routes that lead to them. Throws a Problem if its folder cannot be used. */
export async function openLogger(
  config: LoggerConfig,
  options: Pick<LoggerOptions, 'name' | 'log' | 'openApi'>,
): Promise<Logger & { close(): Promise<void> }> {
  const { dataFolder: folder } = config;
  const disk = folder === undefined ? undefined : await openDisk({ folder, ...options });
  const { close, ...parts } = openLoggerParts(config, options.log, disk);
  return { ...createLogger(parts, { ...config, ...options }), close };
}

/** Creates the routes of a logger, with its log lines, its metrics and what people look at. */
export function createLogger({ inspector, ...parts }: LoggerParts, options: LoggerOptions): Logger {
  const metrics = createMetrics(options.name);
  addStoreMetrics(metrics.registry, { ...parts, ...options });
  let isEnding = false;
  const app = createLoggerApp({
    ...options,
    metrics,
    store: loggedStore(timedStore(parts.store, metrics.registry), options.log),
    status: endingStatus(parts.status, () => isEnding),
    addMore: (to) => addMapRoutes(to, inspector),
  });
  return {
    app,
    drain() {
      isEnding = true;
    },
  };
}

/**
 * Opens the parts of a logger on its own member and no other, its store layer on layer. It returns at once: while the member is away
 * the store is not ready, and it comes back by itself. It closes the disk, if it has one.
 */
export function openLoggerParts(config: LoggerConfig, log: Log, disk?: Disk): LoggerParts & { close(): Promise<void> } {
  const { memberAddress, memberAddresses, memberPipes, memberHealthUrl, maxStoredBytes } = config;
  const closing = new AbortController();
  const askSafe = createSafetyCheck(memberHealthUrl);
  const longTexts = createLongTexts();
  const sessions = openSessions(memberAddress, {
    ...config,
    log,
    onConnected(session) {
      // Not waited for: it may take long while another member is frozen, and reads work without the mark.
      void longTexts.begin(session).catch(() => {});
      quota?.checkSoon();
    },
  });
  const { current } = sessions;
  const cluster = createClusterAccess(sessions, memberHealthUrl === undefined ? undefined : askSafe);
  const quorum = openQuorum({
    cluster,
    configured: [...memberAddresses.keys()],
    mayLive: memberPipes === undefined ? createPortLiveness(memberAddresses) : createPipeLiveness(memberPipes),
    onMerged: () => quota?.checkSoon(),
    log,
  });
  /** Members have their copies a moment before the voters are stored, and what the next fault takes away hangs on both. */
  const askWhole = async () => {
    const safe = await askSafe();
    return safe === undefined ? undefined : safe && quorum.isUpToDate();
  };
  const createAsk = createMapQueries();
  const { store, storeAgain, restore } = createMapWriter(current);
  const { read } = createMapReader({ current, createAsk, hasLong: longTexts.mayBeThere });
  const reserved = createSharedEntry(current, ({ usage }) => usage, 'reserved bytes');

  async function countStored(): Promise<number> {
    let bytes = 0;
    for await (const page of counted.read({}, closing.signal)) for (const message of page) bytes += costOf(message);
    return bytes;
  }

  const quota =
    maxStoredBytes === 0 ? undefined : createQuota({ limitBytes: maxStoredBytes, reserved, countStored, log });
  const noting = (store: MessageStore['store']) => notedStore({ store, read }, longTexts, current);
  const onMap = noting(store);
  const bringing = (put: MessageStore['store']): MessageStore['store'] => {
    return async (messages) => {
      const outcomes = await put(messages);
      await quota?.brought(messages.reduce((sum, message) => sum + costOf(message), 0));
      return outcomes;
    };
  };
  const counting = { ...quorum, ...createVoterNote(quorum, cluster) };
  const replay =
    disk === undefined
      ? createDiskless(counting)
      : openReplay({
          ...{ disk, log, quorum: counting },
          restored: bringing(countedStore(noting(restore), quorum).store),
          stored: bringing(countedStore(onMap, quorum).store),
          newId: randomUUID,
          // Some of it may have been there, and was reserved twice.
          onFilled: () => quota?.checkSoon(),
        });
  const { standing } = replay;
  const limited = quota === undefined ? onMap : limitedStore(onMap, quota, storeAgain);
  const counted = countedStore(limited, { ...quorum, standing });
  const askSettled: CreateAsk<Session> = (session, signal) => async (query) => {
    await quorum.settled();
    return createAsk(session, signal)(query);
  };
  return {
    store:
      disk === undefined ? counted : durableStore(counted, { disk, mayStore: () => quorum.placed().then(standing) }),
    status: createStatus({
      ...{ sessions, askSafe: askWhole, memberAddress },
      objection: () => noQuorum(quorum.objection()) ?? disk?.objection() ?? replay.objection(),
      ...(disk && { disk: disk.figures }),
    }),
    inspector: createMapInspector({ current, createAsk: askSettled, askSafe: askWhole }),
    ...(disk && { disk: disk.figures }),
    clusterSize: () => sessions.session?.members().length ?? 0,
    storedBytes: async () => (await reserved.get(USAGE_PATIENCE_MS)) ?? 0,
    async close() {
      closing.abort();
      quota?.close();
      await sessions.close(); // first: what waits for the member waits no more
      await replay.close();
      await quorum.close();
      await disk?.close();
    },
  };
}
