import { setTimeout as pause } from 'node:timers/promises';
import { Problem } from '../../shared/message/problem.ts';
import type { SafetyCheck } from '../member/member-health.ts';
import type { Seat, Session } from '../member/session.ts';
import type { CreateAsk } from './map-reader.ts';

type MemberIdentity = Pick<Seat, 'process' | 'uuid'>;

/** Watches who joins the cluster, for merged members: until their partitions are settled, queries may lack entries. */
export interface MergeWatch {
  /** Looks at who is there now. Throws a Problem (unavailable) while a member is not settled; costs next to nothing else. */
  check(members: readonly MemberIdentity[]): void;
  /** The same, but waits a moment for them to settle. */
  settle(members: () => readonly MemberIdentity[]): Promise<void>;
}

/** Below the time for which a facade waits for a logger, so that it hears why. */
const PATIENCE_MS = 800;
const PAUSE_MS = 100;
/** How long a member is under suspicion where no health check can tell. */
const UNTOLD_MS = 10_000;

/**
 * Creates a watch. A member that was merged believes, until the first partition is moved to it or from it, that it still owns
 * all those that it owned before (Hazelcast 5.7.0 keeps the list, MapServiceContextImpl.cachedOwnedPartitions, through its
 * reset). To a query it answers for them with what it has left, and while partitions are being moved the right owner does
 * not answer: measured, queries found a third of the entries, or none of the newer ones. Once all copies are in their
 * places (`askSafe`), its list is right again. Members that were started anew have no such list. `onMerged` is called for each that
 * was merged.
 */
export function createMergeWatch(askSafe: SafetyCheck, onMerged: () => void = () => {}): MergeWatch {
  /** The UUID of each process that was seen; undefined before the first look. */
  let known: Map<string, string> | undefined;
  let suspects = new Set<string>();
  let suspectedMs = Number.NEGATIVE_INFINITY;

  function look(members: readonly MemberIdentity[]): void {
    for (const { uuid, process } of members) {
      const before = known?.get(process);
      if (before === uuid) continue;
      // Members that do not name their process go by their UUID: those may have been merged.
      const isStartedAnew = process !== uuid && before === undefined;
      if (known !== undefined && isStartedAnew) continue;
      suspects.add(uuid);
      // At the first look nobody is known to have joined just now: where no health check can tell, all of them count.
      if (known !== undefined) {
        suspectedMs = performance.now();
        onMerged();
      }
    }
    known ??= new Map();
    for (const { uuid, process } of members) known.set(process, uuid);
    const here = new Set(members.map(({ uuid }) => uuid));
    suspects = new Set([...suspects].filter((uuid) => here.has(uuid)));
  }

  async function ask(): Promise<void> {
    const since = suspectedMs;
    const safe = await askSafe(since);
    const isUntoldForLong = safe === undefined && performance.now() > since + UNTOLD_MS;
    if ((safe || isUntoldForLong) && suspectedMs === since) suspects = new Set();
  }

  function check(members: readonly MemberIdentity[]): void {
    look(members);
    if (suspects.size > 0)
      throw new Problem(
        'unavailable',
        'A member was merged into the cluster, and has not its part of the messages yet.',
      );
  }

  return {
    check,
    async settle(members) {
      const untilMs = performance.now() + PATIENCE_MS;
      for (look(members()); suspects.size > 0 && performance.now() < untilMs; look(members())) {
        await ask();
        if (suspects.size > 0) await pause(PAUSE_MS);
      }
      check(members());
    },
  };
}

/** Makes queries wait until merged members have settled, and refuses answers of before: they may lack entries. */
export function settledQueries(createAsk: CreateAsk<Session>, { settle, check }: MergeWatch): CreateAsk<Session> {
  return (session, signal) => {
    const ask = createAsk(session, signal);
    return async (query) => {
      await settle(session.members);
      const answer = await ask(query);
      check(session.members());
      return answer;
    };
  };
}
