import type { Message } from '../shared/message/message.ts';
import { Problem } from '../shared/message/problem.ts';
import type { StoreOutcome } from './message-store.ts';

/** What is used of the map (the client's IMap, whose types do not know of null). */
interface Texts {
  get(key: string): Promise<string | null>;
  putIfAbsent(key: string, text: string): Promise<string | null>;
  replaceIfSame(key: string, before: string, next: string): Promise<boolean>;
  setAll(entries: [string, string][]): Promise<void>;
}

/** What is used of a session with the member. */
interface Access {
  readonly maps: { readonly messages: Texts };
  /** Waits for writes. Throws a Problem (unavailable) on any error, and if a copy may not have been made. */
  write<T>(promise: Promise<T>): Promise<T>;
}

/** Writes to the map "messages", each message under its UUID. All throw a Problem (unavailable). */
export interface MapWriter {
  /** Stores messages unless their UUIDs are taken. Entries never change, which is what makes every retry safe. */
  store(messages: readonly Message[]): Promise<StoreOutcome[]>;
  /** Stores again those that are there already, so that every backup has them; the others are `full`. */
  storeAgain(messages: readonly Message[]): Promise<StoreOutcome[]>;
  /** Puts back messages that were stored, whatever has their UUIDs now: by many in one call, a tenth of the work of `store`. */
  restore(messages: readonly Message[]): Promise<StoreOutcome[]>;
}

/** An entry disappears between two calls only when members lose or merge entries: that does not happen again and again. */
const MAX_TRIES = 3;

/** Creates a writer by whichever session there is; `current` throws a Problem (unavailable) while there is none. */
export function createMapWriter(current: () => Access): MapWriter {
  async function each(messages: readonly Message[], act: (map: Texts, message: Message) => Promise<StoreOutcome>) {
    const { maps, write } = current();
    return write(Promise.all(messages.map((message) => act(maps.messages, message))));
  }
  return {
    store: (messages) =>
      each(messages, (map, message) =>
        putOnce(map, message, () => map.putIfAbsent(message.UUID, message.msg), 'stored'),
      ),
    storeAgain: (messages) =>
      each(messages, (map, message) => putOnce(map, message, () => map.get(message.UUID), 'full')),
    async restore(messages) {
      const { maps, write } = current();
      await write(maps.messages.setAll(messages.map(({ UUID, msg }) => [UUID, msg])));
      return messages.map(() => 'stored');
    },
  };
}

/**
 * Looks for the text that has the UUID already. An attempt before may have ended between owner and backups: an equal text is put again,
 * so that its backups have it too. `replaceIfSame` puts it only if it is still there: another text may have taken the UUID meanwhile.
 */
async function putOnce(
  map: Texts,
  { UUID, msg }: Message,
  look: () => Promise<string | null>,
  ifNone: StoreOutcome,
): Promise<StoreOutcome> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const existing = await look();
    if (existing === null) return ifNone;
    if (existing !== msg) return 'conflict';
    if (await map.replaceIfSame(UUID, msg, msg)) return 'present';
  }
  throw new Problem('unavailable', 'The members are losing or merging what they hold. Repeating is safe.');
}
