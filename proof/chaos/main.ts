import { explainError } from '../command-line.ts';
import { proveDefects } from './defects/defect-proof.ts';
import { DEFECTS } from './defects/defects.ts';
import { HISTORY_DEFECTS } from './defects/history-defects.ts';
import { proveHistoryDefects } from './defects/history-proof.ts';
import { FAULTS } from './faults/faults.ts';
import { parseOptions, USAGE } from './options.ts';
import { chooseRuntime, runChaos } from './run.ts';

const say = (text: string) => void process.stdout.write(`${text}\n`);

const ending = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (!ending.signal.aborted) say('ending what was started ...');
    ending.abort(new Error(`ended by ${name}`));
  });
}

try {
  const defects = [...DEFECTS, ...HISTORY_DEFECTS];
  const names = { faults: FAULTS.map(({ name }) => name), defects: defects.map(({ name }) => name) };
  const options = parseOptions(process.argv.slice(2), names);
  const { broken, seed, rate } = options;
  const surroundings = { say, signal: ending.signal };
  if (options.list) {
    for (const { name, summary } of FAULTS) say(`${name.padEnd(28)} ${summary}`);
    say('\nfor --broken:');
    for (const { name, summary } of defects) say(`${name.padEnd(28)} ${summary}`);
  } else if (broken !== undefined) {
    const isWanted = ({ name }: { readonly name: string }) => broken === 'all' || broken === name;
    const ofHistories = HISTORY_DEFECTS.filter(isWanted);
    const built = DEFECTS.filter(isWanted);
    const areFound = [
      ofHistories.length === 0 || (await proveHistoryDefects(ofHistories, say)),
      // Only these take a system.
      built.length === 0 ||
        (await proveDefects(built, { ...surroundings, runtime: await chooseRuntime(options), seed, rate })),
    ];
    process.exitCode = areFound.every(Boolean) ? 0 : 1;
  } else {
    process.exitCode = (await runChaos(options, surroundings)) ? 0 : 1;
  }
} catch (error) {
  process.exitCode = ending.signal.aborted ? 130 : explainError(error, USAGE);
}
// Not left to the end of all handles: seen to spin for minutes in Node.js 20's own clean-up after thousands of sockets.
process.exit();
