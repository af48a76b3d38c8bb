import type { IMap } from 'hazelcast-client';
import type { Maps } from '../../../services/logger/member/session.ts';
import type { Message } from '../../../services/shared/message/message.ts';
import type { Operation } from './invocation.ts';
import { type ClusterContext, PARTITIONS, VOTERS_KEY, VOTERS_PARTITION } from './member.ts';

/** Has an operation done on a partition, through the member that a client is connected to. */
export type Run = <T>(partition: number, operation: Operation) => Promise<T>;

/** What is read by the simulation's own way in the place of queries in the order of keys. */
export interface ReadableMap {
  parts(): Promise<Message[]>[];
}

/** The maps that the services use, with those of their functions that they use here. */
export function mapsOf({ backupCount }: ClusterContext, run: Run): Maps {
  const messages = {
    ...mapOf<string>(run, partitionOf, backupCount),
    size: async () => (await Promise.all(eachPartition((n) => run<number>(n, COUNT)))).reduce((a, b) => a + b, 0),
    parts: () => eachPartition((n) => run<Message[]>(n, READ)),
  };
  const voters = mapOf<string>(run, () => VOTERS_PARTITION, Number.POSITIVE_INFINITY);
  return { messages, voters } as unknown as Maps;
}

type UsedMap<V> = Pick<IMap<string, V>, 'get' | 'putIfAbsent' | 'set' | 'setAll' | 'replaceIfSame'>;

function mapOf<V extends string>(run: Run, partition: (key: string) => number, backupCount: number): UsedMap<V> {
  const write = <T>(key: string, act: (part: Map<string, string>) => { value: T; next?: string }) =>
    run<T>(partition(key), {
      backupCount,
      run(part) {
        const { value, next } = act(part);
        if (next === undefined) return { value };
        part.set(key, next);
        return { value, backup: (held) => void held.set(key, next) };
      },
    });
  const set = (key: string, next: V) => write<void>(key, () => ({ value: undefined, next }));
  return {
    get: (key) => run<V>(partition(key), { backupCount: 0, run: (part) => ({ value: part.get(key) ?? null }) }),
    putIfAbsent: (key, next) =>
      write(key, (part) => (part.has(key) ? { value: part.get(key) as V } : { value: null as unknown as V, next })),
    set,
    async setAll(entries) {
      await Promise.all(entries.map(([key, next]) => set(key, next)));
    },
    replaceIfSame: (key, before, next) =>
      write<boolean>(key, (part) => (part.get(key) === before ? { value: true, next } : { value: false })),
  };
}

const COUNT: Operation = {
  backupCount: 0,
  run: (part) => ({ value: part.size - (part.has(VOTERS_KEY) ? 1 : 0) }),
};
const READ: Operation = {
  backupCount: 0,
  run(part) {
    const messages: Message[] = [];
    for (const [UUID, msg] of part) if (UUID !== VOTERS_KEY) messages.push({ UUID, msg });
    return { value: messages };
  },
};

const eachPartition = <T>(make: (partition: number) => T) => Array.from({ length: PARTITIONS }, (_, n) => make(n));

function partitionOf(key: string): number {
  return key.charCodeAt(key.length - 1) % PARTITIONS;
}
