import { setMaxListeners } from 'node:events';
import {
  Client,
  type IMap,
  IndeterminateOperationStateError,
  LifecycleState,
  Predicates,
  ReconnectMode,
} from 'hazelcast-client';
import { type ClusterView, createClusterView } from '../shared/cluster-view.ts';
import { pauseUntil, waitAtMost } from '../shared/deadline.ts';
import type { Log } from '../shared/log.ts';
import type { Message } from '../shared/message.ts';
import { Problem } from '../shared/problem.ts';
import { type RangeQuery, readInKeyOrder } from './key-order.ts';
import { createSafetyCheck } from './member-health.ts';
import type { MessageStore, StoreOutcome } from './message-store.ts';

const MAP = 'messages';
const RETRY_PAUSE_MS = 250;
/**
 * A member that was frozen long enough to be evicted needs a moment to notice: measured, a new client saw three members
 * for 140 ms, then one. Until then its answers cannot be weighed against those of the other members.
 */
const SETTLE_MS = 500;

interface Options {
  readonly clusterName: string;
  /** Where the member tells of its health, if that is known. */
  readonly memberHealthUrl: string | undefined;
  /** The longest that one call to the member may take, in ms. */
  readonly callTimeoutMs: number;
  readonly log: Log;
}

/** One connection to the member, from its making to its loss; `lost` aborts at once when it breaks. */
interface Session {
  readonly client: Client;
  readonly map: IMap<string, string>;
  readonly lost: AbortSignal;
}

/**
 * Opens a store on the map "messages" through one Hazelcast member, and no other, ever. It returns at once: while the
 * member is away the store is not ready, and it comes back by itself. `memberAddress` is of the form host:port.
 */
export function openHazelcastStore(
  memberAddress: string,
  { clusterName, memberHealthUrl, callTimeoutMs, log }: Options,
): MessageStore & { close(): Promise<void> } {
  const closing = new AbortController();
  const askSafe = createSafetyCheck(memberHealthUrl);
  let session: Session | undefined;
  let isWaiting = false;

  async function stayConnected(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        const next = await connect(memberAddress, clusterName, log);
        try {
          await pauseUntil([next.lost, closing.signal], SETTLE_MS);
          if (!next.lost.aborted && !closing.signal.aborted) {
            log.info(`connected to its member at ${memberAddress}, one of ${viewOf(next).size}`);
            isWaiting = false;
            session = next;
            await pauseUntil([next.lost, closing.signal]);
            if (!closing.signal.aborted) log.warn(`lost its member at ${memberAddress}`);
          }
        } finally {
          session = undefined;
          await next.client.shutdown();
        }
      } catch (error) {
        log.debug({ err: error }, `cannot connect to ${memberAddress}`);
      }
      if (!isWaiting && !closing.signal.aborted) {
        isWaiting = true;
        log.warn(`waits for its member at ${memberAddress}`);
      }
      await pauseUntil([closing.signal], RETRY_PAUSE_MS);
    }
  }
  const connected = stayConnected();

  function current(): Session {
    if (session === undefined) throw new Problem('unavailable', `The logger waits for its member at ${memberAddress}.`);
    return session;
  }

  function call<T>({ lost }: Session, promise: Promise<T>): Promise<T> {
    return waitAtMost(promise, callTimeoutMs, lost).catch((error: unknown) => {
      throw toUnavailable(error);
    });
  }

  return {
    async store(messages) {
      const at = current();
      return call(at, Promise.all(messages.map((message) => storeOne(at.map, message))));
    },
    async *read(range, signal) {
      const at = current();
      for await (const page of readInKeyOrder((part) => call(at, queryRange(at.map, part)), range)) {
        signal.throwIfAborted();
        yield page;
      }
    },
    view: () => session && viewOf(session),
    async status({ withSafety }) {
      if (session === undefined) {
        return { ready: false, reason: `waits for its member at ${memberAddress}`, member: memberAddress };
      }
      const status = { ready: true, member: memberAddress, cluster: viewOf(session) };
      const safe = withSafety ? await askSafe() : undefined;
      return safe === undefined ? status : { ...status, safe };
    },
    async close() {
      closing.abort();
      await connected;
    },
  };
}

/**
 * Makes a client that knows one member only. `smartRouting: false` alone would let it settle on another member after a
 * loss; with `reconnectMode: 'OFF'` it shuts down instead, every call rejects at once, and the loop above makes a new one.
 */
async function connect(memberAddress: string, clusterName: string, log: Log): Promise<Session> {
  const lost = new AbortController();
  setMaxListeners(0, lost.signal); // one for each call that is under way
  const onState = (state: LifecycleState) => {
    if (state === LifecycleState.DISCONNECTED || state === LifecycleState.SHUTTING_DOWN) {
      const detail = `The logger lost its member at ${memberAddress}; what was under way may be stored.`;
      lost.abort(new Problem('unavailable', detail));
    }
  };
  const quiet = () => {};
  const say = (name: string, message: string) => log.debug(`hazelcast-client ${name}: ${message}`);
  const client = await Client.newHazelcastClient({
    clusterName,
    network: { clusterMembers: [memberAddress], smartRouting: false, connectionTimeout: 1_000 },
    // One attempt; by default it would go on for ever.
    connectionStrategy: { reconnectMode: ReconnectMode.OFF, connectionRetry: { clusterConnectTimeoutMillis: 1 } },
    // A silent member is given up after 3 to 4 s: before the other members give it up (5 s), so that no session
    // lives through an eviction, and callers are told in time when all members are silent.
    properties: { 'hazelcast.client.heartbeat.interval': 1_000, 'hazelcast.client.heartbeat.timeout': 3_000 },
    lifecycleListeners: [onState],
    customLogger: { error: say, warn: say, info: quiet, debug: quiet, trace: quiet, log: quiet },
  });
  try {
    return { client, map: await client.getMap<string, string>(MAP), lost: lost.signal };
  } catch (error) {
    await client.shutdown();
    throw error;
  }
}

function viewOf({ client }: Session): ClusterView {
  const members = client.getCluster().getMembers();
  return createClusterView(members.map(({ uuid }) => uuid.toString()));
}

/**
 * Stores a message under its UUID unless the UUID is taken. Entries never change, which is what makes every retry safe.
 * An attempt before may have ended between owner and backups: an equal text is put again, so that its backups have it too.
 */
async function storeOne(map: IMap<string, string>, { UUID, msg }: Message): Promise<StoreOutcome> {
  const existing = await map.putIfAbsent(UUID, msg);
  if (existing === null) return 'stored';
  if (existing !== msg) return 'conflict';
  await map.set(UUID, msg);
  return 'present';
}

/**
 * Through the sorted index, by predicates. SQL's ORDER BY would read with one cursor, but after a member was evicted and
 * merged again, its scan of the index can hang for ever, in 5.7.0 too (docs/decisions.md).
 */
async function queryRange(
  map: IMap<string, string>,
  { after, before, limit }: Parameters<RangeQuery>[0],
): Promise<Message[]> {
  const above = Predicates.greaterThan('__key', after);
  const between = before === undefined ? above : Predicates.and(above, Predicates.lessThan('__key', before));
  const entries = await map.entrySetWithPredicate(Predicates.paging(between, limit));
  return entries.map(([UUID, msg]) => ({ UUID, msg }));
}

function toUnavailable(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const detail =
    error instanceof IndeterminateOperationStateError
      ? 'A member left before it had its copy.'
      : `The member did not do it: ${error instanceof Error && error.message ? error.message.slice(0, 200) : 'no reason given'}.`;
  return new Problem('unavailable', `${detail} It may be stored all the same; repeating is safe.`, { cause: error });
}
