import { readDescription, runService } from '../shared/process/service.ts';
import { readLoggerConfig } from './config.ts';
import { openLogger } from './logger.ts';

const name = process.env.SERVICE_NAME || 'logger';

await runService({
  name,
  readConfig: readLoggerConfig,
  open: (config, log) => openLogger(config, { name, log, openApi: readDescription('logger') }),
});
