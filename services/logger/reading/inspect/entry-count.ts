import { setTimeout as pause } from 'node:timers/promises';
import { Predicates } from 'hazelcast-client';
import type { Maps, Session } from '../../member/session.ts';
import { readInKeyOrder, type Table } from '../key-order.ts';
import { sampleKeys } from '../key-sketch.ts';
import type { Ask, CreateAsk } from '../map-reader.ts';
import { keysWithin } from '../map-reader.ts';
import { createKeyTally, type KeyTally, type Tally } from './key-tally.ts';

/** Counts the entries of each partition; `isFresh` if the counting began after this was asked for. Rejects if it cannot be begun. */
export type CountEntries = (session: Session) => Promise<{ readonly tally: Tally; readonly isFresh: boolean }>;

/** How long a caller waits for the counting; after that it gets the last count. */
const PATIENCE_MS = 400;
/** Counting may take at most this part of the time: with much stored or coming in, it is done less often. */
const COUNTING_SHARE = 1 / 4;
const QUERY_TIMEOUT_MS = 2_000;
const NOTHING_COUNTED: Tally = { entries: [], size: 0, isExact: false, duplicated: 0 };

/** What is counted through one session; a new one begins anew. */
interface Counting {
  readonly session: object;
  readonly tally: KeyTally;
  last: Tally;
  underWay: Promise<Tally> | undefined;
  nextMs: number;
}

/** Creates the function that counts entries, again and again, and not too often. */
export function createEntryCount(createAsk: CreateAsk<Session>): CountEntries {
  let counting: Counting | undefined;

  function countingOf(session: Session): Counting {
    if (counting?.session === session) return counting;
    const { maps, call } = session;
    // Each query has its own deadline: a look that hangs on a frozen member is given up, and the next one begins.
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

  /** Counts once; whoever waits for it sees its error. */
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

  return async (session) => {
    const of = countingOf(session);
    const isMine = of.underWay === undefined && performance.now() >= of.nextMs;
    if (isMine) of.underWay = countOnce(of);
    const counted = await Promise.race([
      of.underWay?.catch(() => undefined),
      pause(PATIENCE_MS, undefined, { ref: false }),
    ]);
    return counted === undefined
      ? { tally: { ...of.last, isExact: false }, isFresh: false }
      : { tally: counted, isFresh: isMine };
  };
}

/** Reads keys in their order, as messages are read, but without their texts. */
async function* readKeys(
  { messages, partitions }: Maps,
  ask: Ask,
  { after, before }: { readonly after: string; readonly before: string | undefined },
): AsyncGenerator<readonly string[]> {
  const table: Table = {
    async query({ limit, ...bounds }) {
      const keys = await ask(() => messages.keySetWithPredicate(Predicates.paging(keysWithin(bounds), limit)));
      return keys.map((UUID) => ({ UUID, msg: '' }));
    },
    countLonger: async () => 0,
    size: () => ask(() => messages.size()),
    sample: () => ask(() => sampleKeys(messages, partitions)),
  };
  for await (const page of readInKeyOrder(table, { after })) {
    const keys = page.map(({ UUID }) => UUID).filter((key) => before === undefined || key < before);
    yield keys;
    if (keys.length < page.length) return;
  }
}
