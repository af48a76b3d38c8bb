import { setMaxListeners } from 'node:events';
import { Client, IndeterminateOperationStateError, LifecycleState, ReconnectMode } from 'hazelcast-client';
import { Problem } from '../../shared/message/problem.ts';
import type { Log } from '../../shared/observing/log.ts';
import { pauseUntil, waitAtMost } from '../../shared/timing/waiting.ts';
import { createMemberView } from './member-view.ts';
import type { Maps, Session, Sessions } from './session.ts';

const RETRY_PAUSE_MS = 250;
/** The client would wait 120 s where a connection breaks between authentication and the first list of members. */
const CONNECT_MS = 5_000;

interface Options {
  readonly clusterName: string;
  /** The longest that one call to the member may take, in ms. */
  readonly callTimeoutMs: number;
  /** Told of each new session. */
  readonly onConnected: (session: Session) => void;
  readonly log: Log;
}

interface Connection extends Session {
  readonly lost: AbortSignal;
  shutdown(): Promise<void>;
}

/** Keeps a connection to one Hazelcast member, and no other, ever. It returns at once, and connects by itself. */
export function openSessions(memberAddress: string, options: Options): Sessions {
  const { log } = options;
  const closing = new AbortController();
  let session: Session | undefined;
  let isWaiting = false;

  async function stayConnected(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        const next = await connect(memberAddress, options);
        try {
          log.info(`connected to its member at ${memberAddress}, one of ${next.members().length}`);
          isWaiting = false;
          session = next;
          options.onConnected(next);
          await pauseUntil([next.lost, closing.signal]);
          if (!closing.signal.aborted) log.warn(`lost its member at ${memberAddress}`);
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

  return {
    get session() {
      return session;
    },
    current() {
      if (session !== undefined) return session;
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
async function connect(
  memberAddress: string,
  { clusterName, callTimeoutMs, log }: Omit<Options, 'onConnected'>,
): Promise<Connection> {
  const lost = new AbortController();
  setMaxListeners(0, lost.signal); // one for each call that is under way
  const lose = (what: string) => lost.abort(new Problem('unavailable', `The logger ${what} at ${memberAddress}.`));
  const quiet = () => {};
  const say = (name: string, message: string) => log.debug(`hazelcast-client ${name}: ${message}`);
  const making = Client.newHazelcastClient({
    clusterName,
    network: { clusterMembers: [memberAddress], smartRouting: false, connectionTimeout: 1_000 },
    // One attempt; by default it would go on for ever.
    connectionStrategy: { reconnectMode: ReconnectMode.OFF, connectionRetry: { clusterConnectTimeoutMillis: 1 } },
    // A silent member is given up after 3 to 4 s, so that callers are told in time when all members are silent.
    properties: { 'hazelcast.client.heartbeat.interval': 1_000, 'hazelcast.client.heartbeat.timeout': 3_000 },
    lifecycleListeners: [
      (state) => {
        if (state === LifecycleState.DISCONNECTED || state === LifecycleState.SHUTTING_DOWN)
          lose('lost its member, and what was under way may be stored,');
      },
    ],
    customLogger: { error: say, warn: say, info: quiet, debug: quiet, trace: quiet, log: quiet },
  });
  const client = await waitAtMost(making, CONNECT_MS, lost.signal).catch((error: unknown) => {
    void making.then((late) => late.shutdown()).catch(quiet);
    throw error;
  });
  const call: Session['call'] = (promise, timeoutMs = callTimeoutMs) =>
    waitAtMost(promise, timeoutMs, lost.signal).catch((error: unknown) => {
      throw toUnavailable(error);
    });
  try {
    const { own, ask, last, updatePartitions } = createMemberView(client);
    const view = async () => {
      const seats = await call(ask());
      // A merge gave it another UUID, and this client goes by the old one.
      if (!seats.some(({ uuid }) => uuid === own)) lose('lost its member, which was merged,');
      lost.signal.throwIfAborted();
      return seats;
    };
    await view();
    return {
      maps: await call(getMaps(client)),
      updatePartitions,
      lost: lost.signal,
      call,
      view,
      members: last,
      shutdown: () => client.shutdown(),
    };
  } catch (error) {
    await client.shutdown();
    throw error;
  }
}

/** Gets what a logger uses of the cluster. */
export async function getMaps(client: Client): Promise<Maps> {
  return {
    messages: await client.getMap<string, string>('messages'),
    usage: await client.getMap<string, number>('usage'),
    voters: await client.getMap<string, string>('voters'),
    partitions: client.getPartitionService(),
  };
}

function toUnavailable(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const detail =
    error instanceof IndeterminateOperationStateError
      ? 'A member left before it had its copy.'
      : `The member did not do it: ${error instanceof Error && error.message ? error.message.slice(0, 200) : 'no reason given'}.`;
  return new Problem('unavailable', `${detail} It may be stored all the same; repeating is safe.`, { cause: error });
}
