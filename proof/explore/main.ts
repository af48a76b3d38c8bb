import { exploreBroken, exploreRule } from './explorations.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import { extentOf, rowLine, storyOf } from './report.ts';
import { exploreRow, ROWS } from './rows.ts';
import { BROKEN_RULES, RULE } from './rules.ts';
import type { Outcome } from './search.ts';

/** More than a slow machine takes for two faults. */
const COMPLETE_SECONDS = 900;
const ROW_SECONDS = 60;
const BROKEN_SECONDS = 120;
const DISKS_SECONDS = 20;
const WITH = { none: '', beside: ', with disks', alone: ', with disks and new members' } as const;
/** How far the rule is explored with disks, if not told otherwise. */
const DISK_EXTENTS = [
  { disks: 'beside', members: 2, faults: [2], kinds: ['kill'] },
  { disks: 'alone', members: 3, faults: [1], kinds: ['kill', 'freeze', 'cut'] },
] as const;
const say = (text: string) => void process.stdout.write(`${text}\n`);

function sayRule(options: Options): boolean {
  const { kinds, members, disks } = options;
  let { seconds } = options;
  let holds = true;
  for (const [index, faults] of options.faults.entries()) {
    say(`The rule, with ${members} members and ${faults} faults (${kinds.join(', ')})${WITH[disks]}:`);
    // Only with the most faults time is up before all was seen.
    const isLast = index === options.faults.length - 1;
    const outcome = exploreRule({ ...options, faults, seconds: isLast ? seconds : COMPLETE_SECONDS });
    holds = sayOutcome(outcome, disks) && (isLast || outcome.isComplete) && holds;
    seconds = Math.max(1, seconds - outcome.seconds);
  }
  return holds;
}

function sayOutcome(outcome: Outcome, disks: Options['disks']): boolean {
  // With disks, what a merge loses is put back.
  const breaches = outcome.findings.filter(({ breach }) => disks !== 'none' || breach !== 'lost in a merge');
  say(`  ${breaches.length === 0 ? 'holds' : 'BROKEN'}: ${extentOf(outcome)}`);
  for (const finding of outcome.findings) {
    if (!breaches.includes(finding)) say('  Not covered by any rule: a merge that is cut off half way.');
    say(storyOf(finding));
  }
  return breaches.length === 0;
}

function sayScript(options: Options): boolean {
  say(`The rule, with ${options.members} members and these faults in this order:`);
  return sayOutcome(exploreRule({ ...options, faults: 0 }, RULE, options.script), options.disks);
}

function sayDisks(options: Options): boolean {
  return DISK_EXTENTS.map((extent) => sayRule({ ...options, ...extent, seconds: DISKS_SECONDS })).every(Boolean);
}

function sayRows(): boolean {
  say('Who serves, with three members:');
  let hold = true;
  for (const row of ROWS) {
    const outcome = exploreRow(row, RULE, ROW_SECONDS);
    say(rowLine(outcome));
    for (const finding of outcome.outcome.findings) say(storyOf(finding));
    hold &&= outcome.holds;
  }
  return hold;
}

function sayBroken({ broken }: Options): boolean {
  let areFound = true;
  for (const rule of BROKEN_RULES.filter(({ name }) => broken.includes(name))) {
    say(`Broken on purpose, ${rule.name}: ${rule.summary}.`);
    const outcome = exploreBroken(rule, BROKEN_SECONDS);
    const finding = outcome.findings.find(({ breach }) => breach === rule.breach);
    say(`  ${finding === undefined ? 'NOT FOUND' : 'found'}: ${extentOf(outcome)}`);
    if (finding === undefined) areFound = false;
    else say(storyOf(finding));
  }
  return areFound;
}

const options = parseOptions(process.argv.slice(2));
if (options === undefined) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
} else {
  const programs = { rule: sayRule, script: sayScript, disks: sayDisks, rows: sayRows, broken: sayBroken };
  const results = options.parts.map((part) => programs[part](options));
  process.exitCode = results.every(Boolean) ? 0 : 1;
}
