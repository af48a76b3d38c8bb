import type { IMap } from 'hazelcast-client';
import type { Message } from '../../shared/message/message.ts';
import type { Session } from '../member/session.ts';
import type { MessageStore } from '../message-store.ts';
import { LONG_LENGTH } from './key-order.ts';

/** What long texts are looked for in. */
interface Maps {
  readonly messages: Pick<IMap<string, string>, 'isEmpty'>;
  readonly usage: Pick<IMap<string, number>, 'get' | 'set' | 'putIfAbsent'>;
}

type Access = { readonly maps: Maps } & Pick<Session, 'call' | 'write'>;

const KEY = 'long texts';
const NONE = 0;
const SOME = 1;
/** The mark is made anew after so long, in case it was lost. */
const MARK_HOLDS_MS = 10_000;

/**
 * The mark in the map "usage" that says whether texts longer than LONG_LENGTH may be stored. As long as there are none, reads
 * need not look for them, which takes the members more time than the reading (docs/decisions/reading.md). Without a mark there may be some:
 * whoever put the messages there did not make one.
 */
export interface LongTexts {
  /** Marks members that have no messages yet. */
  begin(session: Access): Promise<void>;
  /** Makes the mark before messages are stored, if it is needed for them. */
  note(session: Access, messages: readonly Message[]): Promise<void>;
  /** Tells whether there may be any. */
  mayBeThere(session: Access): Promise<boolean>;
}

/** Creates access to the mark; `now` gives milliseconds. All its calls throw what calls to the member throw. */
export function createLongTexts(now: () => number = () => performance.now()): LongTexts {
  let markedMs = Number.NEGATIVE_INFINITY;
  return {
    async begin({ maps, call, write }) {
      markedMs = Number.NEGATIVE_INFINITY;
      if (await call(maps.messages.isEmpty())) await write(maps.usage.putIfAbsent(KEY, NONE));
    },
    async note({ maps, write }, messages) {
      if (!messages.some(({ msg }) => msg.length > LONG_LENGTH) || now() < markedMs + MARK_HOLDS_MS) return;
      const sinceMs = now();
      await write(maps.usage.set(KEY, SOME));
      markedMs = sinceMs;
    },
    mayBeThere: async ({ maps, call }) => (await call(maps.usage.get(KEY))) !== NONE,
  };
}

/** Makes a store note long texts before it stores them. */
export function notedStore(store: MessageStore, longTexts: LongTexts, current: () => Session): MessageStore {
  return {
    async store(messages) {
      await longTexts.note(current(), messages);
      return store.store(messages);
    },
    read: store.read,
  };
}
