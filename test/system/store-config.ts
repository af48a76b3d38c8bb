import type { LoggerConfig } from '../../services/logger/config.ts';
import type { SystemAt } from '../launched.ts';

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
