import { createMetrics } from '../shared/metrics.ts';
import { readDescription, runService } from '../shared/service.ts';
import { createFacadeApp } from './app.ts';
import { readFacadeConfig } from './config.ts';
import { createLoggerClient } from './logger-client.ts';
import { openLoggerPool } from './logger-pool.ts';
import { createMessageReader } from './message-reader.ts';
import { createMessageWriter } from './message-writer.ts';
import { createMessagesClient } from './messages-client.ts';
import { createPoolMetrics } from './pool-metrics.ts';
import { createRecovery } from './recovery.ts';
import { createRetryBudget } from './retry-budget.ts';
import { shareReads } from './shared-reads.ts';
import { createWriteMetrics } from './write-metrics.ts';

await runService({
  name: 'facade',
  readConfig: readFacadeConfig,
  open: (config, log, tracer) => {
    const clientOptions = { maxLineBytes: 6 * config.maxMessageBytes + 1_024 };
    const clients = config.loggerUrls.map((url, index) =>
      createLoggerClient(`logger-${index + 1}`, url, clientOptions),
    );
    const { random } = Math;
    const metrics = createMetrics('facade');
    const pool = openLoggerPool(clients, { log, random });
    const countFailover = createPoolMetrics(metrics.registry, pool.loggers);
    const routing = {
      ...config,
      pool,
      budget: createRetryBudget(),
      recovery: createRecovery(log),
      log,
      tracer,
      countFailover,
      random,
    };
    const writer = createMessageWriter({ ...routing, metrics: createWriteMetrics(metrics.registry) });
    const app = createFacadeApp({
      ...config,
      log,
      metrics,
      tracer,
      pool,
      writer,
      readMessages: shareReads(createMessageReader(routing)),
      askMessagesService: createMessagesClient(config.messagesUrl),
      openApi: readDescription('facade'),
    });
    return {
      app,
      refuse: ({ method }) => (method === 'POST' ? writer.refusal() : undefined),
      close: pool.close,
    };
  },
});
