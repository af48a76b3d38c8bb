// node dist/deploy/check-settings.js
// Reads the settings of every service as the services do, so that nothing is started with one that they would refuse. Prints one
// line for each problem, and fails if there is one.
import { readFacadeConfig } from '../services/facade/config.ts';
import { readLoggerConfig } from '../services/logger/config.ts';
import { readMessagesConfig } from '../services/messages/config.ts';
import { Environment } from '../services/shared/process/environment.ts';

/** What the scripts have checked, or give each service, whatever stands in the environment. */
const GIVEN = ['HZ_CLUSTERNAME', 'PORT', 'MESSAGES_URL', 'HAZELCAST_URL', 'HAZELCAST_HEALTH_URL', 'HAZELCAST_MEMBERS'];

const variables = Object.entries(process.env).filter(([name]) => !GIVEN.includes(name));
const environment = new Environment(Object.fromEntries(variables));
readFacadeConfig(environment);
readLoggerConfig(environment);
readMessagesConfig(environment);
// The scripts have seen how many there are.
if (process.env.HAZELCAST_RUNTIME === 'external') environment.namedAddresses('HAZELCAST_ADDRESSES', 'unset:1');
const problems = new Set(environment.problems);
for (const problem of problems) process.stderr.write(`${problem}.\n`);
process.exitCode = problems.size > 0 ? 2 : 0;
