import { setMaxListeners } from 'node:events';
import { Client, LifecycleState, ReconnectMode } from 'hazelcast-client';
import { Problem, reasonOf } from '../../shared/message/problem.ts';
import type { Log } from '../../shared/observing/log.ts';
import { pauseUntil, waitAtMost } from '../../shared/timing/waiting.ts';
import { checkCluster, type Shortcomings } from './cluster-check.ts';
import { createMemberView } from './member-view.ts';
import type { Maps, Session, Sessions } from './session.ts';
import { createWrite } from './write.ts';

const RETRY_PAUSE_MS = 250;
/** Somebody has to change the cluster first. */
const UNFIT_PAUSE_MS = 5_000;
/** The client would wait 120 s where a connection breaks between authentication and the first list of members. */
const CONNECT_MS = 5_000;

interface Options {
  readonly clusterName: string;
  /** All members that there can be. */
  readonly memberAddresses: ReadonlyMap<string, string>;
  /** The longest that one call to the member may take, in ms. */
  readonly callTimeoutMs: number;
  /** Told of each new session. */
  readonly onConnected: (session: Session) => void;
  readonly log: Log;
}

interface Connection extends Session {
  readonly lost: AbortSignal;
  check(): Promise<Shortcomings>;
  shutdown(): Promise<void>;
}

/** Keeps a connection to one Hazelcast member, and no other, ever. It returns at once, and connects by itself. */
export function openSessions(memberAddress: string, options: Options): Sessions {
  const { log } = options;
  const closing = new AbortController();
  let session: Session | undefined;
  /** Why there is no session; undefined while there is one. */
  let reason: string | undefined = 'it is connecting';
  let said: string | undefined;
  let doubted = '';

  async function stayConnected(): Promise<void> {
    while (!closing.signal.aborted) {
      let pauseMs = RETRY_PAUSE_MS;
      try {
        const next = await connect(memberAddress, options);
        try {
          const { fatal, doubts } = await next.check();
          if (fatal.length > 0) {
            pauseMs = UNFIT_PAUSE_MS;
            throw new Error(fatal.join('; '));
          }
          log.info(`connected to its member at ${memberAddress}, one of ${next.members().length}`);
          // Said once, not after each break.
          if (doubts.length > 0 && doubts.join() !== doubted) log.warn(`its cluster: ${doubts.join('; ')}`);
          doubted = doubts.join();
          said = undefined;
          reason = undefined;
          session = next;
          options.onConnected(next);
          await pauseUntil([next.lost, closing.signal]);
          reason = 'the connection is lost';
          if (!closing.signal.aborted) log.warn(`lost its member at ${memberAddress}`);
        } finally {
          session = undefined;
          await next.shutdown();
        }
      } catch (error) {
        log.debug({ err: error }, `cannot connect to ${memberAddress}`);
        reason = reasonOf(error);
        if (reason !== said && !closing.signal.aborted) log.warn(`waits for its member at ${memberAddress}: ${reason}`);
        said = reason;
      }
      await pauseUntil([closing.signal], pauseMs);
    }
  }
  const connected = stayConnected();

  return {
    get session() {
      return session;
    },
    get absence() {
      return reason;
    },
    current() {
      if (session !== undefined) return session;
      throw new Problem('unavailable', `The logger waits for its member at ${memberAddress}: ${reason}.`);
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
  { clusterName, memberAddresses, callTimeoutMs, log }: Omit<Options, 'onConnected'>,
): Promise<Connection> {
  const lost = new AbortController();
  setMaxListeners(0, lost.signal); // one for each call that is under way
  const lose = (what: string) => lost.abort(new Problem('unavailable', `The logger ${what} at ${memberAddress}.`));
  const quiet = () => {};
  let refusal: string | undefined;
  const say = (name: string, message: string) => {
    log.debug(`hazelcast-client ${name}: ${message}`);
    refusal ??= refusalIn(message, clusterName);
  };
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
    throw refusal === undefined ? error : new Error(refusal, { cause: error });
  });
  const call: Session['call'] = (promise, timeoutMs = callTimeoutMs) =>
    waitAtMost(promise, timeoutMs, lost.signal).catch((error: unknown) => {
      throw toUnavailable(error);
    });
  try {
    const { ask, last } = createMemberView(client);
    const view = async () => {
      const seats = await call(ask());
      if (seats.length === 0) lose('lost its member, which was merged,');
      lost.signal.throwIfAborted();
      return seats;
    };
    await view();
    return {
      maps: await call(getMaps(client)),
      lost: lost.signal,
      call,
      write: createWrite(call),
      view,
      members: last,
      check: () => checkCluster(client, { configured: memberAddresses, seats: last(), call }),
      shutdown: () => client.shutdown(),
    };
  } catch (error) {
    await client.shutdown();
    throw error;
  }
}

/** What the client's own words say of why it was not let in; what it throws does not say it. */
function refusalIn(words: string, clusterName: string): string | undefined {
  if (words.includes('cluster name')) return `its cluster has another name than "${clusterName}" (HZ_CLUSTERNAME)`;
  const [, refusal] = /^Error during initial connection .*?Error: (.*)$/.exec(words) ?? [];
  return refusal?.includes('ECONNREFUSED') ? 'nothing listens there' : refusal;
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
  const reason = error instanceof Error && error.message ? error.message.slice(0, 200) : 'no reason given';
  const detail = `The member did not do it: ${reason}. It may be stored all the same; repeating is safe.`;
  return new Problem('unavailable', detail, { cause: error });
}
