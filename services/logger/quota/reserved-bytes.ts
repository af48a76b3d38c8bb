import type { IMap } from 'hazelcast-client';
import type { Session } from '../member/session.ts';
import type { SharedNumber } from './quota.ts';

const KEY = 'reserved bytes';

/** The number in the map "usage": how many bytes of the limit are reserved, by all loggers together. */
interface ReservedBytes extends SharedNumber {
  /** Throws a Problem (unavailable), after `timeoutMs` (default: as any call to the member) at the latest. */
  get(timeoutMs?: number): Promise<number | undefined>;
}

/** Creates access to it, by whichever session there is; `current` throws a Problem (unavailable) while there is none. */
export function createReservedBytes(
  current: () => { readonly maps: { readonly usage: IMap<string, number> } } & Pick<Session, 'call'>,
): ReservedBytes {
  return {
    async get(timeoutMs) {
      const { maps, call } = current();
      return (await call(maps.usage.get(KEY), timeoutMs)) ?? undefined;
    },
    async replace(expected, next) {
      const { maps, call } = current();
      if (expected === undefined) return (await call(maps.usage.putIfAbsent(KEY, next))) === null;
      return call(maps.usage.replaceIfSame(KEY, expected, next));
    },
  };
}
