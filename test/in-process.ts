import { openFacade } from '../services/facade/facade.ts';
import { createLogger } from '../services/logger/logger.ts';
import { createMessagesApp } from '../services/messages/app.ts';
import { type HttpServer, listen } from '../services/shared/http/http-server.ts';
import { createSilentLog, type Log } from '../services/shared/observing/log.ts';
import { readDescription } from '../services/shared/process/service.ts';
import { createMemoryStore } from './doubles/memory-store.ts';

const HOST = '127.0.0.1';
const ANYWHERE = { host: HOST, port: 0 };
const MAX_MESSAGE_BYTES = 65_536;

/** Starts a logger of this process on a free port. */
export async function openLogger(
  store: ReturnType<typeof createMemoryStore>,
  name = 'logger-1',
  maxMessageBytes = MAX_MESSAGE_BYTES,
  maxStoredBytes = 0,
  log = createSilentLog(),
): Promise<HttpServer> {
  const options = { name, host: HOST, log, openApi: readDescription('logger'), maxMessageBytes, maxStoredBytes };
  return listen(createLogger({ ...store, store }, options).app, ANYWHERE);
}

interface Options {
  /** The loggers; three real ones with one store in memory if left out. */
  readonly loggers?: readonly HttpServer[];
  readonly log?: Log;
  /** The members that the page shows. */
  readonly memberAddresses?: ReadonlyMap<string, string>;
  readonly requestTimeoutMs?: number;
  readonly attemptTimeoutMs?: number;
  readonly readTimeoutMs?: number;
  readonly publicOrigins?: readonly string[];
}

export interface InProcess {
  readonly url: string;
  readonly loggers: readonly HttpServer[];
  readonly messages: HttpServer;
  close(): Promise<void>;
}

/** Starts a facade, loggers and a messages service in this process, real HTTP between them. */
export async function openInProcess(options: Options = {}): Promise<InProcess> {
  const log = options.log ?? createSilentLog();
  const store = createMemoryStore();
  const loggers =
    options.loggers ?? (await Promise.all(['logger-1', 'logger-2', 'logger-3'].map((name) => openLogger(store, name))));
  const messages = await listen(
    createMessagesApp({ name: 'messages', host: HOST, log, openApi: readDescription('messages') }),
    ANYWHERE,
  );
  const facade = openFacade(
    {
      ...ANYWHERE,
      log: { level: 'silent', format: 'json' },
      loggerUrls: loggers.map(({ url }) => url),
      memberAddresses: options.memberAddresses ?? new Map([['member-1', 'memory']]),
      messagesUrl: messages.url,
      publicOrigins: options.publicOrigins ?? [],
      knownNamesOnly: false,
      maxMessageBytes: MAX_MESSAGE_BYTES,
      requestTimeoutMs: options.requestTimeoutMs ?? 5_000,
      outageTimeoutMs: 2_000,
      attemptTimeoutMs: options.attemptTimeoutMs ?? 500,
      readTimeoutMs: options.readTimeoutMs ?? 1_000,
      maxQueuedMessages: 1_000,
      maxBulkRequests: 2,
      maxFollowers: 3,
      hasLab: false,
    },
    log,
  );
  const server = await listen(facade.app, { ...ANYWHERE, refuse: facade.refuse });
  return {
    url: server.url,
    loggers,
    messages,
    async close() {
      facade.drain();
      await server.close();
      await facade.close();
      await Promise.all([...loggers, messages].map((server) => server.close()));
    },
  };
}
