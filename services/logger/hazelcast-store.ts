import type { ClusterView } from '../shared/cluster-view.ts';
import { waitAtMost } from '../shared/deadline.ts';
import { createJournal } from '../shared/journal.ts';
import type { Log } from '../shared/log.ts';
import type { Message } from '../shared/message.ts';
import type { ReadRange } from '../shared/message-stream.ts';
import { Problem } from '../shared/problem.ts';
import { createSlots } from '../shared/slots.ts';
import { createHazelcastInspector } from './hazelcast-inspector.ts';
import { getMaps, type Maps } from './hazelcast-maps.ts';
import { openSessions, type Session } from './hazelcast-session.ts';
import { readInKeyOrder } from './key-order.ts';
import { createLongTexts } from './long-texts.ts';
import { createSafetyCheck } from './member-health.ts';
import { createMergeWatch } from './merge-watch.ts';
import type { MessageStore } from './message-store.ts';
import { createMessageTable, createRecentCount } from './message-table.ts';
import { findOne, storeOne } from './one-message.ts';
import { costOf, createQuota } from './quota.ts';
import type { Findings } from './range-queries.ts';
import { createReservedBytes } from './reserved-bytes.ts';

interface Options {
  readonly clusterName: string;
  /** Where the member tells of its health, if that is known. */
  readonly memberHealthUrl: string | undefined;
  /** The longest that one call to the member may take, in ms. */
  readonly callTimeoutMs: number;
  /** What the messages may take of each member's memory, as costOf counts it; 0: no limit. */
  readonly maxStoredBytes: number;
  readonly log: Log;
}

const STORED_AGAIN_AT_A_TIME = 256;
/** How long others wait for what a logger has to store again; its member may never come back. */
const OWING_MS = 40_000;
/** How long metrics wait for it. */
const USAGE_PATIENCE_MS = 500;
/** However many callers read at once: each query takes some memory of each member. */
const MAX_QUERIES = 2;

/**
 * Opens a store on the map "messages" through one Hazelcast member, and no other, ever. It returns at once: while the
 * member is away the store is not ready, and it comes back by itself. `memberAddress` is of the form host:port.
 */
export function openHazelcastStore(
  memberAddress: string,
  { clusterName, memberHealthUrl, callTimeoutMs, maxStoredBytes, log }: Options,
): MessageStore & { close(): Promise<void> } {
  const closing = new AbortController();
  const askSafe = createSafetyCheck(memberHealthUrl);
  const mergeWatch = createMergeWatch(askSafe);
  const inSlot = createSlots(MAX_QUERIES);
  const journal = createJournal();
  const recentCount = createRecentCount();
  const longTexts = createLongTexts();
  const findings: Findings = {};
  const sessions = openSessions(memberAddress, { clusterName, callTimeoutMs, getMaps, prepare, log });
  let largestSize = 0;
  let lastStoredMs = Number.NEGATIVE_INFINITY;

  async function prepare(session: Session<Maps>): Promise<void> {
    // Not waited for: where another member is frozen it may take long, and without a mark reads count.
    longTexts.begin(session).catch(() => {});
    await storeAgain(session);
  }

  /**
   * Stores again what was stored lately, before a new session is used: the old one may have ended because its member was
   * merged into another part of the cluster, and Hazelcast drops the rest of what it has to merge at the first error.
   */
  async function storeAgain(session: Session<Maps>): Promise<void> {
    const { maps, call } = session;
    const newest = journal.newest();
    if (newest === undefined) return;
    // All members were started anew: what they held is gone, and some of it alone would help nobody.
    if (await call(maps.messages.isEmpty())) return journal.clear();
    const messages = journal.messages();
    await longTexts.note(session, messages);
    let count = 0;
    for (let from = 0; from < messages.length; from += STORED_AGAIN_AT_A_TIME) {
      const batch = messages.slice(from, from + STORED_AGAIN_AT_A_TIME);
      const outcomes = await call(Promise.all(batch.map((message) => storeOne(maps.messages, message))));
      count += outcomes.filter((outcome) => outcome === 'stored').length;
    }
    if (count > 0) log.warn(`stored ${count} messages again that its member had lost`);
    // Lost with all members that had it, a while ago: it says nothing any more about what this member has.
    if ((await call(maps.messages.get(newest.UUID))) === null) journal.clear();
  }

  /** Notes what was stored, and where: the smaller part of a cluster may be merged into the larger one. */
  function note(messages: readonly Message[], view: ClusterView): void {
    largestSize = Math.max(largestSize, view.size);
    lastStoredMs = performance.now();
    journal.add(messages, isAlone(view));
  }

  const isAlone = ({ size }: ClusterView) => 2 * size <= largestSize;

  /** Whether there may be messages that the other loggers cannot read before this one has stored them again. */
  const isOwing = () => performance.now() < lastStoredMs + OWING_MS && journal.messages().length > 0;

  /** A reader that has gone gives its slot back at once: its query may hang on a frozen member. */
  function createAsk(session: Session<Maps>, signal: AbortSignal): <T>(query: () => Promise<T>) => Promise<T> {
    return async (query) => {
      await mergeWatch.settle(session.members);
      return inSlot(async () => {
        signal.throwIfAborted();
        const answer = await waitAtMost(session.call(query()), callTimeoutMs, signal);
        mergeWatch.check(session.members());
        await checkIsWhole(session);
        return answer;
      });
    };
  }

  async function* read(range: ReadRange, signal: AbortSignal): AsyncGenerator<readonly Message[]> {
    const session = sessions.current();
    const table = createMessageTable({
      ...session.maps,
      ask: createAsk(session, signal),
      recentCount,
      hasLong: async () => (await recentCount('marks', async () => Number(await longTexts.mayBeThere(session)))) > 0,
    });
    for await (const page of readInKeyOrder(table, range, findings)) {
      signal.throwIfAborted();
      yield page;
    }
  }

  /**
   * A member that was alone is emptied when it is merged, a moment before its client hears of it: what it answers then may
   * have gaps. So an answer counts only if the message stored last is still there. Throws a Problem (unavailable) if it is not.
   */
  async function checkIsWhole({ maps, call, view }: Session<Maps>): Promise<void> {
    const newest = journal.newest();
    if (!isAlone(view()) || newest === undefined) return;
    if ((await call(maps.messages.get(newest.UUID))) === null)
      throw new Problem('unavailable', 'The member is being merged: what it had is not all there.');
  }

  async function countStored(): Promise<number> {
    let bytes = 0;
    for await (const page of read({}, closing.signal)) bytes += sum(page.map(costOf));
    return bytes;
  }

  const reserved = createReservedBytes(sessions.current);
  const quota =
    maxStoredBytes > 0 ? createQuota({ limitBytes: maxStoredBytes, reserved, countStored, log }) : undefined;

  return {
    async store(messages) {
      const costs = messages.map(costOf);
      const hasRoom = quota === undefined || (await quota.take(sum(costs)));
      const session = sessions.current();
      await longTexts.note(session, messages);
      const { maps, call, view } = session;
      const storeOrFind = hasRoom ? storeOne : findOne;
      const outcomes = await call(Promise.all(messages.map((message) => storeOrFind(maps.messages, message))));
      note(
        messages.filter((_message, index) => outcomes[index] === 'stored' || outcomes[index] === 'present'),
        view(),
      );
      // After an error it is not known what is stored: all of it keeps its room.
      if (hasRoom) quota?.giveBack(sum(costs.filter((_cost, index) => outcomes[index] !== 'stored')));
      return outcomes;
    },
    read,
    storedBytes: async () => (await reserved.get(USAGE_PATIENCE_MS)) ?? 0,
    inspector: createHazelcastInspector({ current: sessions.current, createAsk, askSafe }),
    view: () => sessions.session?.view(),
    async status({ withSafety }) {
      const { session } = sessions;
      if (session === undefined) {
        const reason = `waits for its member at ${memberAddress}`;
        return { ready: false, reason, member: memberAddress, owing: isOwing() };
      }
      const status = { ready: true, member: memberAddress, cluster: session.view() };
      const safe = withSafety ? await askSafe() : undefined;
      return safe === undefined ? status : { ...status, safe };
    },
    async close() {
      closing.abort();
      await sessions.close();
    },
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
