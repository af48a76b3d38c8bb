import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createMetrics } from '../shared/observing/metrics.ts';
import { readDescription, runService } from '../shared/process/service.ts';
import { createFacadeApp, isSubmission } from './app.ts';
import { readFacadeConfig } from './config.ts';
import { createLab } from './lab/lab.ts';
import { createLoggerClient } from './logger-client.ts';
import { openLoggerPool } from './logger-pool.ts';
import { createMessageReader } from './message-reader.ts';
import { createMessageWriter } from './message-writer.ts';
import { createMessagesClient } from './messages-client.ts';
import { createPoolMetrics } from './metrics/pool-metrics.ts';
import { createWriteMetrics } from './metrics/write-metrics.ts';
import { createInspect } from './page/inspector.ts';
import { createInspectorClient } from './page/inspector-client.ts';
import { createLiveView } from './page/live-view.ts';
import { openUiFiles } from './page/ui-files.ts';
import { createWriteWatch } from './page/write-watch.ts';
import { createRetryBudget } from './retry-budget.ts';
import { boundReads } from './sharing/open-reads.ts';
import { shareReads } from './sharing/shared-reads.ts';

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
      ui: { files: openUiFiles(new URL('services/facade/page/ui/', ROOT)), view, inspect, lab },
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
