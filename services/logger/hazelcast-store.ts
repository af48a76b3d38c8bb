import { Aggregators, type Client, type IMap, Predicates } from 'hazelcast-client';
import type { Log } from '../shared/log.ts';
import type { Message } from '../shared/message.ts';
import type { ReadRange } from '../shared/message-stream.ts';
import { openSessions, type Session } from './hazelcast-session.ts';
import { type Bounds, readInKeyOrder, type Table } from './key-order.ts';
import { createSafetyCheck } from './member-health.ts';
import type { MessageStore, StoreOutcome } from './message-store.ts';
import { costOf, createQuota, type SharedNumber } from './quota.ts';
import { createSlots } from './slots.ts';

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

interface Maps {
  /** UUID -> text. */
  readonly messages: IMap<string, string>;
  /** One entry: how many bytes of the limit are reserved, by all loggers together. */
  readonly usage: IMap<string, number>;
}

const RESERVED_KEY = 'reserved bytes';
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
  const inSlot = createSlots(MAX_QUERIES);
  const sessions = openSessions(memberAddress, { clusterName, callTimeoutMs, getMaps, log });

  async function* read(range: ReadRange, signal: AbortSignal): AsyncGenerator<readonly Message[]> {
    for await (const page of readInKeyOrder(tableOf(sessions.current(), inSlot), range)) {
      signal.throwIfAborted();
      yield page;
    }
  }

  async function countStored(): Promise<number> {
    let bytes = 0;
    for await (const page of read({}, closing.signal)) bytes += sum(page.map(costOf));
    return bytes;
  }

  const reserved: SharedNumber = {
    async get() {
      const { maps, call } = sessions.current();
      return (await call(maps.usage.get(RESERVED_KEY))) ?? undefined;
    },
    async replace(expected, next) {
      const { maps, call } = sessions.current();
      if (expected === undefined) return (await call(maps.usage.putIfAbsent(RESERVED_KEY, next))) === null;
      return call(maps.usage.replaceIfSame(RESERVED_KEY, expected, next));
    },
  };
  const quota =
    maxStoredBytes > 0 ? createQuota({ limitBytes: maxStoredBytes, reserved, countStored, log }) : undefined;

  return {
    async store(messages) {
      const costs = messages.map(costOf);
      const hasRoom = quota === undefined || (await quota.take(sum(costs)));
      const { maps, call } = sessions.current();
      const storeOrFind = hasRoom ? storeOne : findOne;
      const outcomes = await call(Promise.all(messages.map((message) => storeOrFind(maps.messages, message))));
      // After an error it is not known what is stored: all of it keeps its room.
      if (hasRoom) quota?.giveBack(sum(costs.filter((_cost, index) => outcomes[index] !== 'stored')));
      return outcomes;
    },
    read,
    async storedBytes() {
      const { maps, call } = sessions.current();
      return (await call(maps.usage.get(RESERVED_KEY), USAGE_PATIENCE_MS)) ?? 0;
    },
    view: () => sessions.session?.view(),
    async status({ withSafety }) {
      const { session } = sessions;
      if (session === undefined) {
        return { ready: false, reason: `waits for its member at ${memberAddress}`, member: memberAddress };
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

async function getMaps(client: Client): Promise<Maps> {
  return {
    messages: await client.getMap<string, string>('messages'),
    usage: await client.getMap<string, number>('usage'),
  };
}

/**
 * Stores a message under its UUID unless the UUID is taken. Entries never change, which is what makes every retry safe.
 */
async function storeOne(map: IMap<string, string>, message: Message): Promise<StoreOutcome> {
  const existing = await map.putIfAbsent(message.UUID, message.msg);
  return existing === null ? 'stored' : compare(map, message, existing);
}

/** What is done when there is no room: a message that is there already has its outcome all the same. */
async function findOne(map: IMap<string, string>, message: Message): Promise<StoreOutcome> {
  const existing = await map.get(message.UUID);
  return existing === null ? 'full' : compare(map, message, existing);
}

/** An attempt before may have ended between owner and backups: an equal text is put again, so that its backups have it too. */
async function compare(map: IMap<string, string>, { UUID, msg }: Message, existing: string): Promise<StoreOutcome> {
  if (existing !== msg) return 'conflict';
  await map.set(UUID, msg);
  return 'present';
}

/**
 * Through the sorted index, by predicates. SQL's ORDER BY would read with one cursor, but after a member was evicted and
 * merged again, its scan of the index can hang for ever, in 5.7.0 too (docs/decisions.md).
 */
function tableOf({ maps: { messages }, call }: Session<Maps>, inSlot: ReturnType<typeof createSlots>): Table {
  return {
    async query({ limit, ...bounds }) {
      const entries = await inSlot(() =>
        call(messages.entrySetWithPredicate(Predicates.paging(keysWithin(bounds), limit))),
      );
      return entries.map(([UUID, msg]) => ({ UUID, msg }));
    },
    async lengthOf(bounds) {
      const lengths = Aggregators.longSum('this.length'); // String.length(), called on the members
      return Number(await inSlot(() => call(messages.aggregateWithPredicate(lengths, keysWithin(bounds)))));
    },
  };
}

function keysWithin({ after, before }: Bounds): ReturnType<typeof Predicates.greaterThan> {
  const above = Predicates.greaterThan('__key', after);
  return before === undefined ? above : Predicates.and(above, Predicates.lessThan('__key', before));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
