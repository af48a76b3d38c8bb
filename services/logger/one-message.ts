import type { Message } from '../shared/message/message.ts';
import { Problem } from '../shared/message/problem.ts';
import type { StoreOutcome } from './message-store.ts';

/** What is used of the map (the client's IMap, whose types do not know of null). */
interface Texts {
  get(key: string): Promise<string | null>;
  putIfAbsent(key: string, text: string): Promise<string | null>;
  replaceIfSame(key: string, before: string, next: string): Promise<boolean>;
}

/** A text goes between two calls only when members lose or merge what they hold: not again and again. */
const MAX_TRIES = 3;

/**
 * Stores a message under its UUID unless the UUID is taken. Entries never change, which is what makes every retry safe.
 */
export function storeOne(map: Texts, message: Message): Promise<StoreOutcome> {
  return settle(map, message, { look: () => map.putIfAbsent(message.UUID, message.msg), ifNone: 'stored' });
}

/** What is done when there is no room: a message that is there already has its outcome all the same. */
export function findOne(map: Texts, message: Message): Promise<StoreOutcome> {
  return settle(map, message, { look: () => map.get(message.UUID), ifNone: 'full' });
}

interface Look {
  /** Gives the text that has the UUID already. */
  readonly look: () => Promise<string | null>;
  readonly ifNone: StoreOutcome;
}

/**
 * An attempt before may have ended between owner and backups: an equal text is put again, so that its backups have it too. But only
 * in its own place: in between, another text may have taken the UUID.
 */
async function settle(map: Texts, { UUID, msg }: Message, { look, ifNone }: Look): Promise<StoreOutcome> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const existing = await look();
    if (existing === null) return ifNone;
    if (existing !== msg) return 'conflict';
    if (await map.replaceIfSame(UUID, msg, msg)) return 'present';
  }
  throw new Problem('unavailable', 'The members are losing or merging what they hold. Repeating is safe.');
}
