import { MOST_MESSAGE_BYTES } from '../shared/message/message.ts';
import type { Environment } from '../shared/process/environment.ts';
import { readMemberAddresses, readServiceConfig, type ServiceConfig } from '../shared/process/service.ts';

export interface LoggerConfig extends ServiceConfig {
  /** Its own member, as host:port. */
  readonly memberAddress: string;
  /** All members that there can be: by name, where clients reach them. */
  readonly memberAddresses: ReadonlyMap<string, string>;
  /** The folder of the members' pipes, by which loggers then know the dead; undefined: by the members' ports. */
  readonly memberPipes: string | undefined;
  /** Where the member tells of its health; undefined if that is not known. */
  readonly memberHealthUrl: string | undefined;
  readonly clusterName: string;
  readonly maxMessageBytes: number;
  readonly callTimeoutMs: number;
  /** What the messages may take of each member's memory; 0: no limit. The same for all loggers. */
  readonly maxStoredBytes: number;
  /** The folder in which it keeps its messages on disk; undefined: it keeps none. */
  readonly dataFolder: string | undefined;
}

/** Reads a logger's settings from the environment. */
export function readLoggerConfig(environment: Environment): LoggerConfig {
  return {
    ...readServiceConfig(environment, { port: 7001 }),
    memberAddress: environment.address('HAZELCAST_URL', '127.0.0.1:5701'),
    memberAddresses: readMemberAddresses(environment),
    memberPipes: environment.optionalFolder('HAZELCAST_PIPES'),
    memberHealthUrl: environment.optionalUrl('HAZELCAST_HEALTH_URL'),
    clusterName: environment.word('HZ_CLUSTERNAME', 'message-database'),
    maxMessageBytes: environment.integer('MAX_MESSAGE_BYTES', 65_536, { min: 1, max: MOST_MESSAGE_BYTES }),
    callTimeoutMs: environment.integer('CALL_TIMEOUT_MS', 10_000, { min: 100, max: 600_000 }),
    maxStoredBytes: environment.integer('MAX_STORED_BYTES', 0, { min: 0, max: Number.MAX_SAFE_INTEGER }),
    dataFolder: environment.optionalFolder('DATA_FOLDER'),
  };
}
