import { setMaxListeners } from 'node:events';
import { Client, IndeterminateOperationStateError, LifecycleState, type Member, ReconnectMode } from 'hazelcast-client';
import { type ClusterView, createClusterView, overlap } from '../shared/cluster-view.ts';
import { pauseUntil, waitAtMost } from '../shared/deadline.ts';
import type { Log } from '../shared/log.ts';
import { Problem } from '../shared/problem.ts';
import type { MemberIdentity } from './merge-watch.ts';

const RETRY_PAUSE_MS = 250;
/**
 * A member that was frozen long enough to be evicted needs a moment to notice: measured, a new client saw three members
 * for 140 ms, then one. Until then its answers cannot be weighed against those of the other members.
 */
const SETTLE_MS = 500;

interface Options<Maps> {
  readonly clusterName: string;
  /** The longest that one call to the member may take, in ms. */
  readonly callTimeoutMs: number;
  readonly getMaps: (client: Client) => Promise<Maps>;
  /** What has to be done with a new session before it is used; when it rejects, the next one is begun. */
  readonly prepare: (session: Session<Maps>) => Promise<void>;
  readonly log: Log;
}

/** One connection to the member, from its making to its loss; `lost` aborts at once when it breaks. */
export interface Session<Maps> {
  readonly maps: Maps;
  view(): ClusterView;
  members(): readonly MemberIdentity[];
  /** Waits for a call to the member, for at most `timeoutMs` (default: `callTimeoutMs`). Throws a Problem (unavailable) on any error. */
  call<T>(promise: Promise<T>, timeoutMs?: number): Promise<T>;
}

interface Connection<Maps> extends Session<Maps> {
  readonly lost: AbortSignal;
  /** False, and lost from now on, once no member is left of the cluster as it was last seen: then the member was merged. */
  isIntact(): boolean;
  shutdown(): Promise<void>;
}

/** The sessions with one member: one after another, with pauses between them while the member is away. */
export interface Sessions<Maps> {
  /** The session there is now; undefined while the member is away. */
  readonly session: Session<Maps> | undefined;
  /** The same; throws a Problem (unavailable) while the member is away. */
  current(): Session<Maps>;
  close(): Promise<void>;
}

/** Keeps a connection to one Hazelcast member, and no other, ever. It returns at once, and connects by itself. */
export function openSessions<Maps>(memberAddress: string, options: Options<Maps>): Sessions<Maps> {
  const { log } = options;
  const closing = new AbortController();
  let session: Connection<Maps> | undefined;
  let isWaiting = false;

  async function stayConnected(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        const next = await connect(memberAddress, options);
        try {
          await pauseUntil([next.lost, closing.signal], SETTLE_MS);
          if (!next.lost.aborted && !closing.signal.aborted) {
            await options.prepare(next);
            log.info(`connected to its member at ${memberAddress}, one of ${next.view().size}`);
            isWaiting = false;
            session = next;
            await pauseUntil([next.lost, closing.signal]);
            if (!closing.signal.aborted) log.warn(`lost its member at ${memberAddress}`);
          }
        } finally {
          session = undefined;
          await next.shutdown();
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

  const intact = () => (session?.isIntact() ? session : undefined);

  return {
    get session() {
      return intact();
    },
    current() {
      const now = intact();
      if (now !== undefined) return now;
      throw new Problem('unavailable', `The logger waits for its member at ${memberAddress}.`);
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
async function connect<Maps>(memberAddress: string, options: Options<Maps>): Promise<Connection<Maps>> {
  const { clusterName, callTimeoutMs, getMaps, log } = options;
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
  const members = () => client.getCluster().getMembers();
  const view = () => createClusterView(members().map(({ uuid }) => uuid.toString()));
  let lastView = view();
  try {
    return {
      maps: await getMaps(client),
      lost: lost.signal,
      view,
      members: () => members().map(identify),
      isIntact() {
        const now = view();
        if (overlap(now, lastView)) lastView = now;
        // Merged members have new UUIDs, and what they had may not have been merged yet, or never is.
        else lost.abort(new Problem('unavailable', `The logger's member at ${memberAddress} was merged.`));
        return !lost.signal.aborted;
      },
      call: (promise, timeoutMs = callTimeoutMs) =>
        waitAtMost(promise, timeoutMs, lost.signal).catch((error: unknown) => {
          throw toUnavailable(error);
        }),
      shutdown: () => client.shutdown(),
    };
  } catch (error) {
    await client.shutdown();
    throw error;
  }
}

/** The attributes are hazelcast.yaml's; the client has them, but not in its types. */
function identify(member: Member): MemberIdentity {
  const { attributes } = member as Member & { readonly attributes?: ReadonlyMap<string, string> };
  const name = attributes?.get('name') ?? member.address.toString();
  return { uuid: member.uuid.toString(), process: attributes?.get('process'), name };
}

function toUnavailable(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const detail =
    error instanceof IndeterminateOperationStateError
      ? 'A member left before it had its copy.'
      : `The member did not do it: ${error instanceof Error && error.message ? error.message.slice(0, 200) : 'no reason given'}.`;
  return new Problem('unavailable', `${detail} It may be stored all the same; repeating is safe.`, { cause: error });
}
