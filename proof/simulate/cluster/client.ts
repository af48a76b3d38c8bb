import type { SafetyCheck } from '../../../services/logger/member/member-health.ts';
import type { Seat, Session, Sessions } from '../../../services/logger/member/session.ts';
import { createWrite } from '../../../services/logger/member/write.ts';
import type { Message } from '../../../services/shared/message/message.ts';
import { Problem } from '../../../services/shared/message/problem.ts';
import { pauseUntil, waitAtMost } from '../../../services/shared/timing/waiting.ts';
import type { Connection } from '../network.ts';
import type { VirtualProcess } from '../virtual-clock.ts';
import { invoke, type Operation } from './invocation.ts';
import { mapsOf, type ReadableMap } from './maps.ts';
import { type ClusterContext, type Member, othersOf, seatOf, sendTo } from './member.ts';
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
    session = {
      maps: mapsOf(context, run),
      view,
      members: () => last,
      call,
      write: createWrite(call),
    };
    const hear = (seats: readonly Seat[]) => {
      const take = () => {
        last = seats;
      };
      network.send(member.vp, vp, take, { connection: back });
    };
    member.clients.add(hear);
    const stopWatching = watchSilence(member, lost);
    await pauseUntil([lost.signal]);
    stopWatching();
    member.clients.delete(hear);
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
      get absence() {
        return session === undefined ? 'it is away' : undefined;
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
