import { readDescription, runService } from '../shared/service.ts';
import { createLoggerApp } from './app.ts';
import { readLoggerConfig } from './config.ts';
import { openHazelcastStore } from './hazelcast-store.ts';

const name = process.env.SERVICE_NAME || 'logger';

await runService({
  name,
  readConfig: readLoggerConfig,
  open: (config, log, tracer) => {
    const store = openHazelcastStore(config.memberAddress, { ...config, log });
    let draining = false;
    const openApi = readDescription('logger');
    const app = createLoggerApp({ ...config, name, log, tracer, store, openApi, isDraining: () => draining });
    return {
      app,
      drain: () => {
        draining = true;
      },
      close: store.close,
    };
  },
});
