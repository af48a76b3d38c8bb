import type { Environment } from '../shared/process/environment.ts';
import { readServiceConfig, type ServiceConfig } from '../shared/process/service.ts';

/** Reads the messages service's settings from the environment. */
export function readMessagesConfig(environment: Environment): ServiceConfig {
  return readServiceConfig(environment, { port: 5000 });
}
