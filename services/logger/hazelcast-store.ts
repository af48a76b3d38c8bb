import type { Message } from '../shared/message/message.ts';
import type { Sessions } from './member/session.ts';
import type { MessageStore, StoreOutcome } from './message-store.ts';
import { findOne, storeOne } from './one-message.ts';
import { readInKeyOrder } from './reading/key-order.ts';
import type { LongTexts } from './reading/long-texts.ts';
import type { CreateAsk } from './reading/map-queries.ts';
import { createMessageTable, createRecentCount } from './reading/message-table.ts';
import type { Findings } from './reading/range-queries.ts';

interface Options {
  readonly sessions: Pick<Sessions, 'current'>;
  readonly createAsk: CreateAsk;
  readonly longTexts: LongTexts;
}

/** A store on the distributed map. */
export interface HazelcastStore extends MessageStore {
  /** Gives the outcomes of messages that are there already; of the others `full`. Throws a Problem (unavailable). */
  find(messages: readonly Message[]): Promise<StoreOutcome[]>;
}

/** Creates a store on the map "messages", through the logger's own member. */
export function createHazelcastStore({ sessions, createAsk, longTexts }: Options): HazelcastStore {
  const recentCount = createRecentCount();
  const findings: Findings = {};
  return {
    async store(messages) {
      const session = sessions.current();
      await longTexts.note(session, messages);
      const { maps, call } = session;
      return call(Promise.all(messages.map((message) => storeOne(maps.messages, message))));
    },
    async find(messages) {
      const { maps, call } = sessions.current();
      return call(Promise.all(messages.map((message) => findOne(maps.messages, message))));
    },
    async *read(range, signal) {
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
    },
  };
}
