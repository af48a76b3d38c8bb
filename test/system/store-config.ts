import type { LoggerConfig } from '../../services/logger/config.ts';
import type { MessageStore, StoreOutcome } from '../../services/logger/message-store.ts';
import type { Message } from '../../services/shared/message/message.ts';
import type { SystemAt } from '../launched.ts';
import { until } from '../until.ts';

/** What a logger on a member of a system is opened with. */
export function storeConfig(trilog: SystemAt, n: number, maxStoredBytes = 0): LoggerConfig {
  return {
    knownNamesOnly: false,
    host: '127.0.0.1',
    port: 0,
    log: { level: 'silent', format: 'json' } as const,
    maxMessageBytes: 65_536,
    memberAddress: trilog.memberAddress(n),
    memberAddresses: new Map([1, 2, 3].map((member) => [`member-${member}`, trilog.memberAddress(member)])),
    clusterName: 'message-database',
    memberPipes: undefined,
    memberHealthUrl: trilog.memberHealthUrl(n),
    callTimeoutMs: 5_000,
    maxStoredBytes,
    dataFolder: undefined,
  };
}

/** Stores messages as a caller does: what may lack a copy is sent again. */
export function keep(store: Pick<MessageStore, 'store'>, messages: readonly Message[]): Promise<true> {
  const isStored = (outcome: StoreOutcome) => outcome === 'stored' || outcome === 'present';
  return until('they are stored', 30_000, async () => (await store.store(messages)).every(isStored));
}
