import { appendFileSync, mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { UsageError } from '../command-line.ts';
import { sortByPossible } from './faults/faults.ts';
import { openRecorder } from './history/recorder.ts';
import type { Options } from './options.ts';
import { commandFor, faultsFor, planFor } from './plan.ts';
import { keepMemberLogs } from './report/member-logs.ts';
import { reportResults, showViolations } from './report/results.ts';
import { checkHistory, hasPassed } from './rules/checker.ts';
import { type LinearizabilityCheck, leftOut, openLinearizabilityCheck } from './rules/linearizability.ts';
import { type Planned, runSession } from './session.ts';
import { type SystemRuntime, systemRuntimes } from './system/runtime.ts';

/** The facade answers within 15 s; the rest is the way there and back on a busy machine. */
const DEADLINE_MS = 16_000;

interface Surroundings {
  readonly say: (text: string) => void;
  /** When it aborts, the run ends, and nothing is left of what it started. */
  readonly signal: AbortSignal;
}

/**
 * Does what the options ask for: makes the faults, checks the history, writes the results. True if all held. When it is ended
 * from outside, it writes the results of the windows that were done, and rejects.
 */
export async function runChaos(options: Options, { say, signal }: Surroundings): Promise<boolean> {
  const runtime = await chooseRuntime(options);
  const { possible, leftOut } = await sortByPossible(faultsFor(options), runtime);
  for (const { name, reason } of leftOut) say(`left out: ${name}, as ${reason}`);
  const missed = leftOut.filter(({ name }) => options.faults.includes(name));
  if (missed.length > 0)
    throw new UsageError(`What was asked for cannot be made here: ${missed.map(({ name }) => name).join(', ')}.`);
  const plan = planFor(options, possible);
  if (plan.length === 0) throw new Error('none of these faults can be made on this machine');
  const linearizabilityCheck = await openLinearizabilityCheck(say);
  try {
    return await runPlan({ plan, options, runtime, linearizabilityCheck, say, signal });
  } finally {
    linearizabilityCheck.close();
  }
}

interface Run extends Surroundings {
  readonly plan: readonly Planned[];
  readonly options: Options;
  readonly runtime: SystemRuntime;
  readonly linearizabilityCheck: LinearizabilityCheck;
}

async function runPlan({ plan, options, runtime, linearizabilityCheck, say, signal }: Run): Promise<boolean> {
  const out = resolve(options.out ?? join('chaos-results', new Date().toISOString().replace(/[:.]/g, '-')));
  mkdirSync(out, { recursive: true });
  say(`${commandFor(options, runtime)}\n${plan.length} windows, results in ${relative('.', out)}`);

  const history = join(out, 'history.ndjson');
  const recorder = openRecorder(history);
  let checkedEvents = 0;
  let ended: unknown;
  try {
    await runSession({
      plan,
      runtime,
      recorder,
      textSeed: options.seed,
      rate: options.rate,
      facades: options.facades,
      say: (text) => say(`[${(recorder.now() / 1_000).toFixed(1).padStart(7)} s] ${text}`),
      onOutput: (text) => appendFileSync(join(out, 'system.log'), text),
      async onUnwell({ env }, n) {
        // In containers of Compose there is no such folder; an engine keeps its logs for as long as they are there.
        if (env.RUN_DIR !== undefined) await keepMemberLogs(env.RUN_DIR, out, `window-${n}`);
      },
      onWindow() {
        showViolations(checkHistory(recorder.events.slice(checkedEvents), { deadlineMs: DEADLINE_MS }), say);
        checkedEvents = recorder.events.length;
      },
      signal,
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    ended = error;
  } finally {
    await recorder.close();
  }
  const events = recorder.events.slice(0, ended === undefined ? undefined : checkedEvents);
  const linearizability =
    ended === undefined ? await linearizabilityCheck.check(history) : leftOut('the run was ended');
  const verdict = checkHistory(events, { deadlineMs: DEADLINE_MS, linearizability });
  const passed = ended === undefined && hasPassed(verdict, { withTimes: options.times });
  reportResults({ options, runtime, events, verdict, linearizability: linearizability.summary, passed, out, say });
  if (ended !== undefined) throw ended;
  return passed;
}

/** The runtime that is asked for, or the first that this machine has; throws a UsageError if there is none. */
export async function chooseRuntime({ runtime }: Options): Promise<SystemRuntime> {
  const available = await systemRuntimes();
  const chosen = runtime ?? available[0];
  if (chosen === undefined || !available.includes(chosen)) {
    throw new UsageError(`A system cannot run as ${chosen ?? 'jvm or docker'} on this machine.`);
  }
  return chosen;
}
