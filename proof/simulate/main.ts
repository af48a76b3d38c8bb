import { explainError } from '../command-line.ts';
import { DEFECTS } from './defects.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import { defectsOf, huntDefect, runSeeds } from './run-seeds.ts';
import { type Outcome, simulate } from './simulation.ts';

const MOST_STORIES = 3;

const say = (text: string) => void process.stdout.write(`${text}\n`);
const ending = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => ending.abort());

try {
  const options = parseOptions(
    process.argv.slice(2),
    DEFECTS.map(({ name }) => name),
  );
  if (options.list) for (const { name, summary } of DEFECTS) say(`${name.padEnd(16)} ${summary}`);
  else if (options.story) tellStory(await simulate(options.seed, { withOpen: options.withOpen, withStory: true }));
  else process.exitCode = (await (options.broken === undefined ? check(options) : hunt(options))) ? 0 : 1;
} catch (error) {
  process.exitCode = explainError(error, USAGE);
}

/** Runs the seeds as they are; true if none shows anything. */
async function check({ seed, seeds, withOpen }: Options): Promise<boolean> {
  const failed: Outcome[] = [];
  const totals = await runSeeds({
    seed,
    seeds,
    withOpen,
    signal: ending.signal,
    onFailed(outcome) {
      failed.push(outcome);
      tellViolations(outcome);
    },
  });
  for (const outcome of failed.slice(0, MOST_STORIES))
    tellStory(await simulate(outcome.seed, { withOpen, withStory: true }));
  const aMinute = Math.round((60_000 * totals.seeds) / totals.tookMs);
  say(
    `${totals.seeds} seeds from ${seed} on, ${aMinute} a minute, ${(totals.virtualMs / 3_600_000).toFixed(1)} virtual hours`,
  );
  const statuses = [...totals.statuses].sort(([one], [other]) => (one < other ? -1 : 1));
  say(`${totals.requests} requests checked: ${statuses.map(([name, count]) => `${name}: ${count}`).join(', ')}`);
  say(`${totals.failedSeeds} seeds failed; hash of all histories ${totals.hash.slice(0, 16)}`);
  if (ending.signal.aborted) say('ended before it was done');
  return failed.length === 0 && !ending.signal.aborted;
}

/** Breaks one thing after the other; true if each is found. */
async function hunt({ seed, seeds, broken = 'all' }: Options): Promise<boolean> {
  let areAllFound = true;
  for (const defect of defectsOf(broken)) {
    const { foundAfter, detail } = await huntDefect(defect, { seed, seeds, signal: ending.signal });
    areAllFound &&= foundAfter !== undefined;
    const found =
      foundAfter === undefined ? `NOT FOUND in ${seeds} seeds` : `found after ${foundAfter} seeds: ${detail}`;
    say(`${defect.name.padEnd(16)} ${found}`);
  }
  return areAllFound;
}

function tellViolations({ seed, faults, violations }: Outcome): void {
  say(`seed ${seed} (${faults.join(', ')}) fails:`);
  for (const { rule, detail } of violations) say(`  ${rule}: ${detail}`);
}

function tellStory(outcome: Outcome): void {
  say(`\nThe story of seed ${outcome.seed} (${outcome.faults.join(', ')}); history ${outcome.hash.slice(0, 16)}:`);
  for (const line of outcome.story) say(line);
  tellViolations(outcome);
  say('');
}
