import type { IMap } from 'hazelcast-client';
import type { Maps } from '../../../services/logger/hazelcast-maps.ts';
import type { Session, Sessions } from '../../../services/logger/hazelcast-session.ts';
import type { SafetyCheck } from '../../../services/logger/member-health.ts';
import type { Seat } from '../../../services/logger/quorum/quorum.ts';
import { pauseUntil, waitAtMost } from '../../../services/shared/deadline.ts';
import type { Message } from '../../../services/shared/message.ts';
import { Problem } from '../../../services/shared/problem.ts';
import type { Connection } from '../network.ts';
import type { VirtualProcess } from '../virtual-clock.ts';
import { invoke, type Operation } from './invocation.ts';
import {
  type ClusterContext,
  type Member,
  othersOf,
  PARTITIONS,
  seatOf,
  sendTo,
  VOTERS_KEY,
  VOTERS_PARTITION,
} from './member.ts';
import { isInPlace } from './partitions.ts';

/** The sessions of a logger with its member, and what else it asks of it. */
export interface ModelledClient {
  readonly sessions: Sessions;
  readonly askSafe: SafetyCheck;
  /** All messages, in the order of their keys. */
  readAll(session: Session): Promise<readonly Message[]>;
  memberKilled(member: Member): void;
}

const CALL_TIMEOUT_MS = 10_000;
const CONNECT_MS = 1_000;
const RETRY_MS = 250;
const HEARTBEAT_MS = 1_000;
const SILENT_MS = 3_000;
const SAFE_PATIENCE_MS = 500;

/** Opens the sessions of a logger's process with one member. */
export function openClient(context: ClusterContext, name: string, vp: VirtualProcess): ModelledClient {
  const { clock, network, members } = context;
  let session: Session | undefined;
  let lose: ((reason: Problem) => void) | undefined;
  let connected: Member | undefined;

  /** Has something done by a member, and gives what it answers; never, if it is silent. */
  function ask<T>(member: Member, there: Connection, back: Connection, work: (reply: Reply<T>) => void): Promise<T> {
    const { uuid } = member;
    return new Promise((resolve, reject) => {
      const reply: Reply<T> = (error, value) =>
        network.send(member.vp, vp, () => (error === undefined ? resolve(value as T) : reject(error)), {
          connection: back,
        });
      const take = () => {
        if (member.phase === 'joined' && member.uuid === uuid) work(reply);
        else reply(new Error('the member is not active'));
      };
      network.send(vp, member.vp, take, { connection: there });
    });
  }

  async function connect(): Promise<void> {
    const member = members.get(name);
    if (member === undefined || !member.isBound || member.vp.state === 'dead') return;
    const lost = new AbortController();
    const [there, back] = [{ lastMs: 0 }, { lastMs: 0 }];
    const own = await waitAtMost(
      ask<string>(member, there, back, (reply) => reply(undefined, member.uuid)),
      CONNECT_MS,
      lost.signal,
    );
    let last: readonly Seat[] = [];
    const call: Session['call'] = (promise, timeoutMs = CALL_TIMEOUT_MS) =>
      waitAtMost(promise, timeoutMs, lost.signal).catch((error: unknown) => {
        if (error instanceof Problem) throw error;
        throw new Problem('unavailable', `The member did not do it: ${(error as Error).message}.`, { cause: error });
      });
    const view = async () => {
      last = await call(ask<readonly Seat[]>(member, there, back, (reply) => reply(undefined, member.view)));
      if (!last.some(({ uuid }) => uuid === own)) lost.abort(new Problem('unavailable', 'Its member was merged.'));
      lost.signal.throwIfAborted();
      return last;
    };
    const run = <T>(partition: number, operation: Operation) =>
      ask<T>(member, there, back, (reply) => invoke(context, member, partition, operation, reply as Reply<unknown>));
    lose = (reason) => lost.abort(reason);
    connected = member;
    await view();
    session = { maps: mapsOf(context, run), view, members: () => last, call };
    const stopWatching = watchSilence(member, lost);
    await pauseUntil([lost.signal]);
    stopWatching();
    session = undefined;
  }

  /** A silent member is given up. */
  function watchSilence(member: Member, lost: AbortController): () => void {
    const timer = setInterval(() => {
      if (member.vp.state === 'frozen' && member.vp.frozenSinceMs < clock.nowMs - SILENT_MS)
        lost.abort(new Problem('unavailable', 'Its member is silent.'));
    }, HEARTBEAT_MS);
    return () => clearInterval(timer);
  }

  async function stayConnected(): Promise<void> {
    for (;;) {
      await connect().catch(() => {});
      await pauseUntil([], RETRY_MS);
    }
  }
  void stayConnected();

  return {
    sessions: {
      get session() {
        return session;
      },
      current() {
        if (session !== undefined) return session;
        throw new Problem('unavailable', 'The logger waits for its member.');
      },
      close: async () => {},
    },
    async readAll({ maps, call }) {
      const parts = (maps.messages as unknown as ReadableMap).parts();
      const found = (await call(Promise.all(parts))).flat();
      return found.sort((a, b) => (a.UUID < b.UUID ? -1 : 1));
    },
    async askSafe() {
      const member = members.get(name);
      if (member === undefined || !member.isBound || member.vp.state === 'dead') return undefined;
      const [there, back] = [{ lastMs: 0 }, { lastMs: 0 }];
      const answer = ask<boolean>(member, there, back, (reply) => checkAll(context, member, reply));
      return Promise.race([answer.catch(() => undefined), pauseUntil([], SAFE_PATIENCE_MS).then(() => undefined)]);
    },
    memberKilled(member) {
      if (member !== connected) return;
      const reason = new Problem('unavailable', 'The logger lost its member, and what was under way may be stored.');
      clock.after(1, vp, () => lose?.(reason));
    },
  };
}

type Reply<T> = (error: Error | undefined, value?: T) => void;

/** A member asks all others of its cluster whether their copies are in place; while one is silent there is no answer. */
function checkAll(context: ClusterContext, member: Member, reply: Reply<boolean>): void {
  const { tableVersion } = member;
  const own = seatOf(member);
  let missing = member.view.length;
  let areAll = true;
  const note = (isIt: boolean) => {
    areAll &&= isIt;
    if (--missing === 0) reply(undefined, areAll);
  };
  note(isInPlace(member, tableVersion));
  for (const seat of othersOf(member))
    sendTo(context, member, seat, (to) => {
      const isIt = isInPlace(to, tableVersion);
      sendTo(context, to, own, () => note(isIt));
    });
}

type Run = <T>(partition: number, operation: Operation) => Promise<T>;

/** What is read by the simulation's own way in the place of queries in the order of keys. */
interface ReadableMap {
  parts(): Promise<Message[]>[];
}

/** The maps that the services use, with those of their functions that they use here. */
function mapsOf({ backupCount }: ClusterContext, run: Run): Maps {
  const messages = {
    ...mapOf<string>(run, partitionOf, backupCount),
    size: async () => (await Promise.all(eachPartition((n) => run<number>(n, COUNT)))).reduce((a, b) => a + b, 0),
    parts: () => eachPartition((n) => run<Message[]>(n, READ)),
  };
  const voters = mapOf<string>(run, () => VOTERS_PARTITION, Number.POSITIVE_INFINITY);
  return { messages, voters } as unknown as Maps;
}

type UsedMap<V> = Pick<IMap<string, V>, 'get' | 'putIfAbsent' | 'set' | 'replaceIfSame'>;

function mapOf<V extends string>(run: Run, partition: (key: string) => number, backupCount: number): UsedMap<V> {
  const write = <T>(key: string, act: (part: Map<string, string>) => { value: T; next?: string }) =>
    run<T>(partition(key), {
      isWrite: true,
      backupCount,
      run(part) {
        const { value, next } = act(part);
        if (next === undefined) return { value };
        part.set(key, next);
        return { value, backup: (held) => void held.set(key, next) };
      },
    });
  return {
    get: (key) =>
      run<V>(partition(key), { isWrite: false, backupCount: 0, run: (part) => ({ value: part.get(key) ?? null }) }),
    putIfAbsent: (key, next) =>
      write(key, (part) => (part.has(key) ? { value: part.get(key) as V } : { value: null as unknown as V, next })),
    set: (key, next) => write(key, () => ({ value: undefined, next })),
    replaceIfSame: (key, before, next) =>
      write<boolean>(key, (part) => (part.get(key) === before ? { value: true, next } : { value: false })),
  };
}

const COUNT: Operation = {
  isWrite: false,
  backupCount: 0,
  run: (part) => ({ value: part.size - (part.has(VOTERS_KEY) ? 1 : 0) }),
};
const READ: Operation = {
  isWrite: false,
  backupCount: 0,
  run(part) {
    const messages: Message[] = [];
    for (const [UUID, msg] of part) if (UUID !== VOTERS_KEY) messages.push({ UUID, msg });
    return { value: messages };
  },
};

const eachPartition = <T>(make: (partition: number) => T) => Array.from({ length: PARTITIONS }, (_, n) => make(n));

function partitionOf(key: string): number {
  return key.charCodeAt(key.length - 1) % PARTITIONS;
}
