import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join, relative } from 'node:path';
import type { Event } from '../history/history.ts';
import type { Options } from '../options.ts';
import { commandFor } from '../plan.ts';
import type { Verdict } from '../rules/checker.ts';
import type { SystemRuntime } from '../system/runtime.ts';
import { renderReport } from './report.ts';
import { formatTable } from './table.ts';

const SHOWN_VIOLATIONS = 40;

interface Results {
  readonly options: Options;
  readonly runtime: SystemRuntime;
  readonly events: readonly Event[];
  readonly verdict: Verdict;
  /** What Porcupine said, in a few words. */
  readonly linearizability: string;
  readonly passed: boolean;
  /** The folder with the history. */
  readonly out: string;
  readonly say: (text: string) => void;
}

/** Writes the report and the verdict beside the history, and prints what came of the run. */
export function reportResults(results: Results): void {
  const { options, runtime, events, verdict, linearizability, passed, out, say } = results;
  const { seed } = options;
  const command = commandFor(options, runtime);
  const machine = describeMachine(runtime);
  const title = `Trilog under faults, seed ${seed}`;
  const report = renderReport({ title, command, seed, machine, linearizability, events, verdict });
  writeFileSync(join(out, 'report.html'), report);
  const facts = { passed, command, machine, linearizability, violations: verdict.violations };
  writeFileSync(join(out, 'verdict.json'), `${JSON.stringify(facts, null, 2)}\n`);

  say(`\n${formatTable(verdict.rows)}\n`);
  showViolations(verdict, say);
  if (options.mixed > 0) showMixed(options, runtime, verdict, say);
  say(`By Porcupine: ${linearizability}`);
  say(`The same again: ${command}`);
  say(`History: ${relative('.', join(out, 'history.ndjson'))}   Report: ${relative('.', join(out, 'report.html'))}`);
  say(passed ? 'PASSED' : 'FAILED');
}

/** Prints the first of what was found to be wrong. */
export function showViolations({ violations }: Verdict, say: (text: string) => void): void {
  for (const { window, seed, rule, detail, timing } of violations.slice(0, SHOWN_VIOLATIONS)) {
    say(`VIOLATION (${window}, seed ${seed}) ${rule}${timing ? ' (time)' : ''}: ${detail}`);
  }
  if (violations.length > SHOWN_VIOLATIONS) say(`and ${violations.length - SHOWN_VIOLATIONS} more in verdict.json`);
}

function showMixed(
  options: Options,
  runtime: SystemRuntime,
  { rows, violations }: Verdict,
  say: (text: string) => void,
): void {
  const { seed, mixed } = options;
  const isMixed = (name: string) => name.startsWith('mixed ');
  const windows = rows.filter(({ name }) => isMixed(name));
  const total = (count: (row: (typeof rows)[number]) => number) => windows.reduce((sum, row) => sum + count(row), 0);
  say(
    `Mixed runs, seeds ${seed} to ${seed + mixed - 1}: ${total(({ requests }) => requests)} requests, ` +
      `${total(({ stored }) => stored)} messages stored, ${total(({ lost }) => lost)} lost, ` +
      `${total(({ duplicated }) => duplicated)} duplicated, ${total(({ stale }) => stale)} stale reads`,
  );
  for (const each of new Set(violations.filter(({ window }) => isMixed(window)).map((violation) => violation.seed))) {
    say(`  seed ${each} failed; again: ${commandFor({ ...options, faults: [], seed: each, mixed: 1 }, runtime)}`);
  }
}

function describeMachine(runtime: SystemRuntime): string {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${cpus().length} × ${cpu?.model.trim()}, ${memory}, Node.js ${process.version}, members as ${runtime}`;
}
