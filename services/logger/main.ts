import { readDescription, runService } from '../shared/process/service.ts';
import { createLoggerApp } from './app.ts';
import { readLoggerConfig } from './config.ts';
import { openLoggerStore } from './logger-store.ts';

const name = process.env.SERVICE_NAME || 'logger';

await runService({
  name,
  readConfig: readLoggerConfig,
  open: (config, log) => {
    const { close, ...parts } = openLoggerStore({ ...config, log });
    let draining = false;
    const openApi = readDescription('logger');
    const app = createLoggerApp({ ...config, ...parts, name, log, openApi, isDraining: () => draining });
    return {
      app,
      drain: () => {
        draining = true;
      },
      close,
    };
  },
});
