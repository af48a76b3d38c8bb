import { Aggregators, type IMap, type PartitionService, Predicates } from 'hazelcast-client';
import type { Message } from '../../shared/message/message.ts';
import { createSlots, waitAtMost } from '../../shared/timing/waiting.ts';
import type { MessageStore } from '../message-store.ts';
import { type Findings, LONG_LENGTH, readInKeyOrder, type Table } from './key-order.ts';
import { type Bounds, sampleKeys } from './key-sketch.ts';

/** Sends a query to the member when its turn has come, and waits for the answer. Throws a Problem, or the signal's reason. */
export type Ask = <T>(query: () => Promise<T>) => Promise<T>;

/** What is used of a session with the member. */
interface Access {
  readonly maps: { readonly messages: IMap<string, string>; readonly partitions: PartitionService };
  /** Waits for a call to the member. Throws a Problem (unavailable) on any error. */
  call<T>(promise: Promise<T>): Promise<T>;
}

/** Creates the function that sends the queries of one reader. */
export type CreateAsk<Session> = (session: Session, signal: AbortSignal) => Ask;

/** For all callers together: each query takes some memory of each member. */
const MAX_QUERIES = 2;
/** Callers have deadlines of their own; this one is in case their signal never comes. */
const PATIENCE_MS = 120_000;

/**
 * Creates the queue of all readers' queries. A slot is free when its query has ended, or the call's deadline has passed: a reader that
 * has gone leaves its query running in the members.
 */
export function createMapQueries(): CreateAsk<Pick<Access, 'call'>> {
  const inSlot = createSlots(MAX_QUERIES);
  return (session, signal) => (query) => {
    const answered = inSlot(() => {
      signal.throwIfAborted();
      return session.call(query());
    });
    return waitAtMost(answered, PATIENCE_MS, signal);
  };
}

interface TableOptions extends Readonly<Access['maps']> {
  readonly ask: Ask;
  readonly recentCount: RecentCount;
  /** Tells whether there may be texts longer than LONG_LENGTH. */
  readonly hasLong: () => Promise<boolean>;
}

/** Gives the count of this name that was made lately, or makes it. */
export type RecentCount = (name: string, count: () => Promise<number>) => Promise<number>;

/**
 * Counts only guard the members' memory, and each costs as much as a query. What is stored within a second does not matter, so
 * readers that come shortly after each other share one.
 */
const COUNT_HOLDS_MS = 1_000;

/** Fewer rows are asked for with a limit: to ask for the size of the map first would cost more. */
const MANY_ROWS = 500;

/** Creates a memory for the counts of the last second; `now` gives milliseconds. */
export function createRecentCount(now: () => number = () => performance.now()): RecentCount {
  const counts = new Map<string, { readonly sinceMs: number; readonly count: number }>();
  return async (name, count) => {
    const sinceMs = now();
    for (const [old, kept] of counts) if (sinceMs >= kept.sinceMs + COUNT_HOLDS_MS) counts.delete(old);
    const kept = counts.get(name);
    if (kept !== undefined) return kept.count;
    // It is shared only once it is made, as it ends with the reader that makes it.
    const made = { sinceMs, count: await count() };
    counts.set(name, made);
    return made.count;
  };
}

interface Options<Session extends Access> {
  /** The session there is now; throws a Problem (unavailable) while the member is away. */
  readonly current: () => Session;
  readonly createAsk: CreateAsk<Session>;
  /** Tells whether there may be texts longer than LONG_LENGTH. */
  readonly hasLong: (session: Session) => Promise<boolean>;
}

/** Creates the reader of the map "messages", through the logger's own member. */
export function createMapReader<Session extends Access>({
  current,
  createAsk,
  hasLong,
}: Options<Session>): Pick<MessageStore, 'read'> {
  const recentCount = createRecentCount();
  const findings: Findings = {};
  return {
    read(range, signal) {
      const session = current();
      const ask = createAsk(session, signal);
      const hasLongLately = async () => (await recentCount('long', async () => Number(await hasLong(session)))) > 0;
      const table = createMessageTable({ ...session.maps, ask, recentCount, hasLong: hasLongLately });
      return readInKeyOrder(table, range, findings);
    },
  };
}

/**
 * Reads the map through its sorted index, by predicates. SQL's ORDER BY would read with one cursor, but after a member was
 * evicted and merged again, its scan of the index can hang for ever, in 5.7.0 too (docs/hazelcast.md).
 */
export function createMessageTable({ messages, partitions, ask, recentCount, hasLong }: TableOptions): Table {
  /**
   * Whether the map has no more rows than these, short ones all of them. Then a query needs no limit, and the members need not sort,
   * which takes them as much time as the rest of it.
   */
  async function hasAtMost(rows: number): Promise<boolean> {
    return rows >= MANY_ROWS && !(await hasLong()) && (await size()) <= rows;
  }

  const size = () => recentCount('size', () => ask(() => messages.size()));

  return {
    size,
    sample: () => ask(() => sampleKeys(messages, partitions)),
    async query({ limit, ...bounds }) {
      const within = keysWithin(bounds);
      const isAll = await hasAtMost(limit);
      const entries = await ask(() =>
        messages.entrySetWithPredicate(isAll ? within : Predicates.paging(within, limit)),
      );
      const rows = entries.map(([UUID, msg]) => ({ UUID, msg }));
      return isAll ? rows.sort(byKey).slice(0, limit) : rows;
    },
    async countLonger(bounds, length) {
      if (length >= LONG_LENGTH && !(await hasLong())) return 0;
      // "length" is String.length(), called on the members.
      const longer = Predicates.and(keysWithin(bounds), Predicates.greaterThan('this.length', length));
      return Number(await ask(() => messages.aggregateWithPredicate(Aggregators.count(), longer)));
    },
  };
}

const byKey = (one: Message, other: Message) => (one.UUID < other.UUID ? -1 : 1);

/** Makes the condition that a key is within bounds. */
export function keysWithin({ after, before }: Bounds): ReturnType<typeof Predicates.greaterThan> {
  const above = Predicates.greaterThan('__key', after);
  return before === undefined ? above : Predicates.and(above, Predicates.lessThan('__key', before));
}
