import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createMetrics } from '../shared/metrics.ts';
import { readDescription, runService } from '../shared/service.ts';
import { createFacadeApp, isSubmission } from './app.ts';
import { readFacadeConfig } from './config.ts';
import { createInspect } from './inspector.ts';
import { createInspectorClient } from './inspector-client.ts';
import { createLab } from './lab.ts';
import { createLiveView } from './live-view.ts';
import { createLoggerClient } from './logger-client.ts';
import { openLoggerPool } from './logger-pool.ts';
import { createMessageReader } from './message-reader.ts';
import { createMessageWriter } from './message-writer.ts';
import { createMessagesClient } from './messages-client.ts';
import { boundReads } from './open-reads.ts';
import { createPoolMetrics } from './pool-metrics.ts';
import { createRetryBudget } from './retry-budget.ts';
import { shareReads } from './shared-reads.ts';
import { openUiFiles } from './ui-files.ts';
import { createWriteMetrics } from './write-metrics.ts';
import { createWriteWatch } from './write-watch.ts';

/** The tree of sources, from where this runs: dist/services/facade. */
const ROOT = new URL('../../../', import.meta.url);

await runService({
  name: 'facade',
  readConfig: readFacadeConfig,
  open: (config, log) => {
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
      log,
      countFailover,
      random,
    };
    const watch = createWriteWatch();
    const writer = createMessageWriter({ ...routing, metrics: createWriteMetrics(metrics.registry), watch });
    const inspectors = new Map(clients.map(({ name, url }) => [name, createInspectorClient(url, config)]));
    const inspect = createInspect(pool, inspectors);
    const token = randomBytes(24).toString('base64url');
    const lab = config.hasLab ? createLab({ token, root: fileURLToPath(ROOT), loggers: clients, log }) : undefined;
    const view = createLiveView({ pool, watch, inspect, lab });
    const app = createFacadeApp({
      ...config,
      log,
      metrics,
      pool,
      writer,
      readMessages: shareReads(boundReads(createMessageReader(routing))),
      askMessagesService: createMessagesClient(config.messagesUrl),
      openApi: readDescription('facade'),
      ui: { files: openUiFiles(new URL('services/facade/ui/', ROOT)), view, inspect, lab },
    });
    return {
      app,
      refuse: (request) => (isSubmission(request) ? writer.refusal() : undefined),
      drain: view.close,
      async close() {
        await lab?.close();
        await pool.close();
      },
    };
  },
});
