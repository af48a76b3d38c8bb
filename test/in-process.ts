import { createFacadeApp } from '../services/facade/app.ts';
import { createLoggerClient } from '../services/facade/logger-client.ts';
import { openLoggerPool } from '../services/facade/logger-pool.ts';
import { createMessageReader } from '../services/facade/message-reader.ts';
import { createMessageWriter } from '../services/facade/message-writer.ts';
import { createMessagesClient } from '../services/facade/messages-client.ts';
import { createPoolMetrics } from '../services/facade/metrics/pool-metrics.ts';
import { createWriteMetrics } from '../services/facade/metrics/write-metrics.ts';
import { createInspect } from '../services/facade/page/inspector.ts';
import { createInspectorClient } from '../services/facade/page/inspector-client.ts';
import { createLiveView } from '../services/facade/page/live-view.ts';
import { openUiFiles } from '../services/facade/page/ui-files.ts';
import { createWriteWatch } from '../services/facade/page/write-watch.ts';
import { createRetryBudget } from '../services/facade/retry-budget.ts';
import { boundReads } from '../services/facade/sharing/open-reads.ts';
import { shareReads } from '../services/facade/sharing/shared-reads.ts';
import { createLogger } from '../services/logger/logger.ts';
import { createMessagesApp } from '../services/messages/app.ts';
import { type HttpServer, listen } from '../services/shared/http/http-server.ts';
import { createSilentLog, type Log } from '../services/shared/observing/log.ts';
import { createMetrics } from '../services/shared/observing/metrics.ts';
import { readDescription } from '../services/shared/process/service.ts';
import { createMemoryStore } from './doubles/memory-store.ts';

const UI_FOLDER = new URL('../../services/facade/page/ui/', import.meta.url);
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
  readonly requestTimeoutMs?: number;
  readonly attemptTimeoutMs?: number;
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
  const clients = loggers.map(({ url }, index) =>
    createLoggerClient(`logger-${index + 1}`, url, { maxLineBytes: 500_000 }),
  );
  const { random } = Math;
  const metrics = createMetrics('facade');
  const pool = openLoggerPool(clients, { log, random });
  const routing = {
    pool,
    budget: createRetryBudget(),
    log,
    countFailover: createPoolMetrics(metrics.registry, pool.loggers),
    random,
    requestTimeoutMs: options.requestTimeoutMs ?? 5_000,
    outageTimeoutMs: 2_000,
    attemptTimeoutMs: options.attemptTimeoutMs ?? 500,
    readTimeoutMs: 1_000,
    maxQueuedMessages: 1_000,
  };
  const watch = createWriteWatch();
  const inspect = createInspect(
    pool,
    new Map(clients.map(({ name, url }) => [name, createInspectorClient(url, { maxMessageBytes: MAX_MESSAGE_BYTES })])),
  );
  const view = createLiveView({ pool, watch, inspect, lab: undefined });
  const facade = await listen(
    createFacadeApp({
      host: HOST,
      log,
      metrics,
      pool,
      writer: createMessageWriter({ ...routing, metrics: createWriteMetrics(metrics.registry), watch }),
      readMessages: shareReads(boundReads(createMessageReader(routing))),
      askMessagesService: createMessagesClient(messages.url),
      maxMessageBytes: MAX_MESSAGE_BYTES,
      openApi: readDescription('facade'),
      ui: { files: openUiFiles(UI_FOLDER), view, inspect, lab: undefined },
    }),
    ANYWHERE,
  );
  return {
    url: facade.url,
    loggers,
    messages,
    async close() {
      view.close();
      await facade.close();
      await pool.close();
      await Promise.all([...loggers, messages].map((server) => server.close()));
    },
  };
}
