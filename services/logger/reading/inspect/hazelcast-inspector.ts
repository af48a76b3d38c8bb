import { setTimeout as pause } from 'node:timers/promises';
import { type IMap, type PartitionService, Predicates } from 'hazelcast-client';
import type { SafetyCheck } from '../../member/member-health.ts';
import type { Seat, Session } from '../../member/session.ts';
import { readInKeyOrder, type Table } from '../key-order.ts';
import type { Bounds } from '../key-places.ts';
import { sampleKeys } from '../key-sketch.ts';
import type { CreateAsk } from '../map-queries.ts';
import { keysWithin } from '../map-reader.ts';
import { lastKeys } from './key-order-back.ts';
import { createKeyTally, type KeyTally, type Tally } from './key-tally.ts';
import type { Layout, MapInspector } from './map-inspector.ts';

interface SeenMaps {
  readonly messages: IMap<string, string>;
  readonly partitions: PartitionService;
}

interface Options {
  /** The session there is now; throws a Problem (unavailable) while the member is away. */
  readonly current: () => Session;
  /** Creates a function that sends a query when its turn has come, and waits for the answer. */
  readonly createAsk: CreateAsk;
  readonly askSafe: SafetyCheck;
}

/** The map's backup-count (hazelcast.yaml). */
const BACKUPS = 2;
/** How long one who asks for the layout waits for the counting; then the last count has to do. */
const PATIENCE_MS = 400;
/** Counting may take at most this part of the time: with much stored or coming in, it is done less often. */
const COUNTING_SHARE = 1 / 4;
const QUERY_TIMEOUT_MS = 2_000;
const FIRST_WIDTH_MS = 10_000;
/** Few messages have a text that is looked for. */
const FIRST_SEARCH_WIDTH_MS = 3_600_000;
const NOTHING_COUNTED: Tally = { entries: [], size: 0, isExact: false, duplicated: 0 };

/** What is counted through one session; a new one begins anew. */
interface Counting {
  readonly session: object;
  readonly tally: KeyTally;
  last: Tally;
  underWay: Promise<Tally> | undefined;
  nextMs: number;
}

/** Creates the inspector of the map "messages" as one member shows it. */
export function createHazelcastInspector({ current, createAsk, askSafe }: Options): MapInspector {
  let counting: Counting | undefined;

  function countingOf(session: Session): Counting {
    if (counting?.session === session) return counting;
    const { maps, call } = session;
    // Each with a deadline of its own: a look that hangs on a frozen member is given up, and the next one begins.
    const ask = <T>(query: () => Promise<T>) => createAsk(session, AbortSignal.timeout(QUERY_TIMEOUT_MS))(query);
    const tally = createKeyTally({
      partitionCount: maps.partitions.getPartitionCount(),
      partitionOf: (key) => maps.partitions.getPartitionId(key),
      size: () => call(maps.messages.size(), QUERY_TIMEOUT_MS),
      keys: ({ after, before }) => readKeys(maps, ask, { after, before }),
      now: Date.now,
    });
    counting = { session, tally, last: NOTHING_COUNTED, underWay: undefined, nextMs: 0 };
    return counting;
  }

  /** Counts once; what is wrong with it is seen by who waits for it. */
  async function countOnce(of: Counting): Promise<Tally> {
    const startMs = performance.now();
    try {
      of.last = await of.tally.look();
      return of.last;
    } finally {
      of.underWay = undefined;
      of.nextMs = performance.now() + (performance.now() - startMs) / COUNTING_SHARE;
    }
  }

  async function count(of: Counting): Promise<{ readonly tally: Tally; readonly isFresh: boolean }> {
    const isMine = of.underWay === undefined && performance.now() >= of.nextMs;
    if (isMine) of.underWay = countOnce(of);
    const counted = await Promise.race([
      of.underWay?.catch(() => undefined),
      pause(PATIENCE_MS, undefined, { ref: false }),
    ]);
    return counted === undefined
      ? { tally: { ...of.last, isExact: false }, isFresh: false }
      : { tally: counted, isFresh: isMine };
  }

  return {
    async layout(): Promise<Layout> {
      const session = current();
      const [{ tally, isFresh }, safe] = await Promise.all([count(countingOf(session)), askSafe()]);
      const members = session.members();
      session.updatePartitions();
      const { partitions } = session.maps;
      const owners = Array.from({ length: partitions.getPartitionCount() }, (_, id) =>
        ownerOf(partitions, id, members),
      );
      const sorted = members.map(({ name }) => name).sort();
      return {
        ...tally,
        isFresh,
        safe,
        members: sorted,
        owners: owners.map((owner) => (owner === undefined ? -1 : sorted.indexOf(owner))),
        copies: copiesOn(members.length),
      };
    },
    async older({ before, limit, text }, signal) {
      const session = current();
      const { messages } = session.maps;
      const ask = createAsk(session, signal);
      const keys = await lastKeys(
        ({ limit: most, ...bounds }) => {
          const within = keysWithin(bounds);
          const wanted =
            text === undefined ? within : Predicates.and(within, Predicates.regex('this', containing(text)));
          return ask(() => messages.keySetWithPredicate(Predicates.paging(wanted, most)));
        },
        { before, limit, firstWidth: text === undefined ? FIRST_WIDTH_MS : FIRST_SEARCH_WIDTH_MS },
      );
      const texts = new Map(await ask(() => messages.getAll([...keys])));
      return keys.map((UUID) => ({ UUID, msg: texts.get(UUID) ?? '' }));
    },
    async find(UUID) {
      const session = current();
      const { messages, partitions } = session.maps;
      const msg = (await session.call(messages.get(UUID))) ?? undefined;
      session.updatePartitions();
      const partition = partitions.getPartitionId(UUID);
      const members = session.members();
      const owner = ownerOf(partitions, partition, members);
      const others = members.map(({ name }) => name).filter((name) => name !== owner);
      return { msg, partition, owner, backups: copiesOn(members.length) === others.length ? others.sort() : undefined };
    },
    async missing(UUIDs) {
      const { maps, call } = current();
      const there = await call(Promise.all(UUIDs.map((UUID) => maps.messages.containsKey(UUID))));
      return UUIDs.filter((_UUID, index) => !there[index]);
    },
  };
}

/** With as many other members as backups each of them has a copy of everything; which of more, no client is told. */
function copiesOn(members: number): number | undefined {
  return members - 1 <= BACKUPS ? members - 1 : undefined;
}

function ownerOf(partitions: PartitionService, id: number, members: readonly Seat[]): string | undefined {
  // Undefined for a moment after a connection, and while a partition has lost all its members; not so in the types.
  const owner: { toString(): string } | undefined = partitions.getPartitionOwner(id);
  return members.find(({ uuid }) => uuid === owner?.toString())?.name;
}

/** Reads keys in their order, as messages are read, but without their texts. */
async function* readKeys(
  { messages, partitions }: SeenMaps,
  ask: <T>(query: () => Promise<T>) => Promise<T>,
  range: { readonly after: string; readonly before: string | undefined },
): AsyncGenerator<readonly string[]> {
  /** No key beyond the range, wherever the reader thinks that there might be more. */
  const within = ({ after, before: upper = range.before }: Bounds) => {
    const before = range.before !== undefined && upper !== undefined && range.before < upper ? range.before : upper;
    return keysWithin({ after, ...(before === undefined ? {} : { before }) });
  };
  const table: Table = {
    async query({ limit, ...bounds }) {
      if (range.before !== undefined && bounds.after >= range.before) return [];
      const page = Predicates.paging(within(bounds), limit);
      const keys = await ask(() => messages.keySetWithPredicate(page));
      return keys.map((UUID) => ({ UUID, msg: '' }));
    },
    countLonger: async () => 0,
    size: () => ask(() => messages.size()),
    sample: (after) => ask(() => sampleKeys({ messages, partitions }, within({ after }))),
  };
  for await (const page of readInKeyOrder(table, { after: range.after })) yield page.map(({ UUID }) => UUID);
}

/** A pattern of Java's for texts that contain one, each character by its number: so none of them means anything else. */
function containing(text: string): string {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, '0'));
  return `(?isu).*${units.map((unit) => `\\u${unit}`).join('')}.*`;
}
