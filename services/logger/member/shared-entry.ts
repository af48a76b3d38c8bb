import type { IMap } from 'hazelcast-client';
import type { Maps, Session } from './session.ts';

/** An entry in the members' memory that all loggers share, with copies as its map has them. All calls throw a Problem (unavailable). */
export interface SharedEntry<T> {
  /** Reads it; undefined if it is not there. Waits for at most `timeoutMs` (default: as every call to the member). */
  get(timeoutMs?: number): Promise<T | undefined>;
  /** Sets it if it is still `expected` (undefined: not there); false if another logger was faster. */
  replace(expected: T | undefined, next: T): Promise<boolean>;
}

/** Creates access to an entry, by whichever session there is; `current` throws a Problem (unavailable) while there is none. */
export function createSharedEntry<T, Used extends Partial<Maps>>(
  current: () => Pick<Session, 'call' | 'write'> & { readonly maps: Used },
  mapOf: (maps: Used) => IMap<string, T>,
  key: string,
): SharedEntry<T> {
  return {
    async get(timeoutMs) {
      const { maps, call } = current();
      return (await call(mapOf(maps).get(key), timeoutMs)) ?? undefined;
    },
    async replace(expected, next) {
      const { maps, write } = current();
      if (expected === undefined) return (await write(mapOf(maps).putIfAbsent(key, next))) === null;
      return write(mapOf(maps).replaceIfSame(key, expected, next));
    },
  };
}
