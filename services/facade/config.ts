import { isLoopback } from '../shared/http/local-only.ts';
import { MOST_MESSAGE_BYTES } from '../shared/message/message.ts';
import type { Environment } from '../shared/process/environment.ts';
import { readMemberAddresses, readServiceConfig, type ServiceConfig } from '../shared/process/service.ts';

export interface FacadeConfig extends ServiceConfig {
  readonly loggerUrls: readonly string[];
  /** All members that there can be, for the page: by name, where the loggers reach them. */
  readonly memberAddresses: ReadonlyMap<string, string>;
  readonly messagesUrl: string;
  /** Origins that a proxy in front serves the page under. */
  readonly publicOrigins: readonly string[];
  readonly maxMessageBytes: number;
  /** The longest that storing a message, or waiting for the next part of a read, may take in all. */
  readonly requestTimeoutMs: number;
  /** The same while no logger can be used at all. */
  readonly outageTimeoutMs: number;
  /** How long one logger has to store before another one is tried beside it. */
  readonly attemptTimeoutMs: number;
  /** How long one logger has to send the next part of a read before another one is asked. */
  readonly readTimeoutMs: number;
  readonly maxQueuedMessages: number;
  /** How many requests with lines are taken at a time, and how many callers can follow. */
  readonly maxBulkRequests: number;
  readonly maxFollowers: number;
  /** Whether loggers and members can be killed, frozen and started from the page. */
  readonly hasLab: boolean;
}

/** Reads the facade's settings from the environment. */
export function readFacadeConfig(environment: Environment): FacadeConfig {
  const service = readServiceConfig(environment, { port: 8000 });
  const milliseconds = { min: 50, max: 600_000 };
  const [messagesUrl = ''] = environment.urls('MESSAGES_URL', 'http://127.0.0.1:5000');
  return {
    ...service,
    loggerUrls: environment.urls('LOGGER_URLS', 'http://127.0.0.1:7001,http://127.0.0.1:7002,http://127.0.0.1:7003'),
    memberAddresses: readMemberAddresses(environment),
    messagesUrl,
    publicOrigins: environment.origins('PUBLIC_ORIGINS'),
    maxMessageBytes: environment.integer('MAX_MESSAGE_BYTES', 65_536, { min: 1, max: MOST_MESSAGE_BYTES }),
    requestTimeoutMs: environment.integer('REQUEST_TIMEOUT_MS', 15_000, milliseconds),
    outageTimeoutMs: environment.integer('OUTAGE_TIMEOUT_MS', 4_000, milliseconds),
    attemptTimeoutMs: environment.integer('ATTEMPT_TIMEOUT_MS', 1_000, milliseconds),
    readTimeoutMs: environment.integer('READ_TIMEOUT_MS', 1_000, milliseconds),
    // Whoever reaches the page can end processes by it.
    hasLab: environment.flag(
      'LAB',
      isLoopback(service.host) ? undefined : '0 while TRILOG_HOST is not a loopback address',
    ),
    maxQueuedMessages: environment.integer('MAX_QUEUED_MESSAGES', 4_000, { min: 1, max: 1_000_000 }),
    maxBulkRequests: environment.integer('MAX_BULK_REQUESTS', 8, { min: 1, max: 1_000 }),
    maxFollowers: environment.integer('MAX_FOLLOWERS', 256, { min: 1, max: 2_000 }),
  };
}
