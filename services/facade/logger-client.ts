import type { Logger } from './events.ts';
import { createHttpClient } from './http-client.ts';
import { type AskHealth, createHealthClient } from './logger-health.ts';
import { createReadClient, type Read } from './read-client.ts';
import { createStoreClient, type Store } from './store-client.ts';

/** One logger, called over HTTP. */
export interface LoggerClient extends Logger {
  readonly store: Store;
  readonly read: Read;
  readonly askHealth: AskHealth;
}

/** Creates the client of the logger at a URL. */
export function createLoggerClient(name: string, url: string, maxLineBytes: number): LoggerClient {
  // Each has its own connections: reads that nobody takes must not hold up stores and health checks.
  return {
    name,
    url,
    store: createStoreClient(createHttpClient(url)),
    read: createReadClient(createHttpClient(url), maxLineBytes),
    askHealth: createHealthClient(createHttpClient(url)),
  };
}
