import { runService } from '../shared/process/service.ts';
import { readFacadeConfig } from './config.ts';
import { openFacade } from './facade.ts';

await runService({ name: 'facade', readConfig: readFacadeConfig, open: openFacade });
