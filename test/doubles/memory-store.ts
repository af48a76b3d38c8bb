import type { LoggerParts } from '../../services/logger/logger.ts';

type MemoryStore = LoggerParts['store'] & Omit<LoggerParts, 'store'>;

/** A store in this process's memory: for tests of what does not concern Hazelcast. */
export function createMemoryStore(): MemoryStore {
  const texts = new Map<string, string>();
  return {
    async store(messages) {
      return messages.map(({ UUID, msg }) => {
        const existing = texts.get(UUID);
        if (existing === undefined) texts.set(UUID, msg);
        return existing === undefined ? 'stored' : existing === msg ? 'present' : 'conflict';
      });
    },
    async *read({ after = '', limit = Number.POSITIVE_INFINITY }, signal) {
      let left = limit;
      for (const UUID of [...texts.keys()].sort()) {
        if (left === 0) return;
        if (UUID <= after) continue;
        signal.throwIfAborted();
        left--;
        yield [{ UUID, msg: texts.get(UUID) ?? '' }];
      }
    },
    inspector: {
      async layout() {
        const { size } = texts;
        const counts = { size, entries: [size], isExact: true, isFresh: true, duplicated: 0, safe: true };
        return { ...counts, members: ['member-1'], owners: [0], copies: 0 };
      },
      async older({ before = '~', limit, text = '' }) {
        const keys = [...texts.keys()].sort().filter((UUID) => UUID < before);
        const messages = keys.reverse().map((UUID) => ({ UUID, msg: texts.get(UUID) ?? '' }));
        return messages.filter(({ msg }) => msg.toLowerCase().includes(text.toLowerCase())).slice(0, limit);
      },
      find: async (UUID) => ({ msg: texts.get(UUID), partition: 0, owner: 'member-1', backups: [] }),
      missing: async (UUIDs) => UUIDs.filter((UUID) => !texts.has(UUID)),
    },
    clusterSize: () => 1,
    storedBytes: async () => 0,
    status: async () => ({
      ready: true,
      state: 'ready',
      member: 'memory',
      cluster: { size: 1, members: ['member-1'] },
      safe: true,
    }),
  };
}
