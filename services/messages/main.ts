import { readDescription, runService } from '../shared/service.ts';
import { createMessagesApp } from './app.ts';
import { readMessagesConfig } from './config.ts';

await runService({
  name: 'messages',
  readConfig: readMessagesConfig,
  open: (config, log, tracer) => ({
    app: createMessagesApp({ ...config, name: 'messages', log, tracer, openApi: readDescription('messages') }),
  }),
});
