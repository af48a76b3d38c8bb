import { readDescription, runService } from '../shared/process/service.ts';
import { createMessagesApp } from './app.ts';
import { readMessagesConfig } from './config.ts';

await runService({
  name: 'messages',
  readConfig: readMessagesConfig,
  open: (config, log) => ({
    app: createMessagesApp({ ...config, name: 'messages', log, openApi: readDescription('messages') }),
  }),
});
