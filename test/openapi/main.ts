import { parseArgs } from 'node:util';
import { availableRuntimes, launch } from '../launched.ts';
import { fuzz, installFuzzer } from './fuzzer.ts';

const USAGE = `Usage: npm run fuzz -- [OPTION...]
  --seconds S  how long each of the three services is sent requests (default: 25)
  --seed N     draws the same requests again (default: 1)`;

const options = { seconds: { type: 'string', default: '25' }, seed: { type: 'string', default: '1' } } as const;
const { values } = parseArgs({ options: { ...options, help: { type: 'boolean', default: false } } });
const seconds = Number(values.seconds);
if (values.help || !(seconds >= 1) || !/^\d+$/.test(values.seed)) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(values.help ? 0 : 2);
}

const [runtime] = await availableRuntimes();
if (runtime === undefined) throw new Error('neither Java nor a Docker engine is there');
const command = await installFuzzer();
const trilog = await launch('launch.sh', runtime);
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(name, () => void trilog.stop().finally(() => process.exit(130)));
}
try {
  const urls = [trilog.url, trilog.loggerUrl(1), `http://127.0.0.1:${trilog.env.MESSAGES_PORT}`];
  for (const url of urls) {
    if (!(await fuzz(command, url, { seconds, seed: values.seed }))) process.exitCode = 1;
  }
} finally {
  await trilog.stop();
}
