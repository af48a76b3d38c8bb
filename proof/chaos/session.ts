import type { Fault } from './faults/fault.ts';
import { NO_FAULT } from './faults/no-fault.ts';
import { wholeRead } from './faults/whole-read.ts';
import type { Recorder } from './history/recorder.ts';
import { openComposeSystem } from './system/compose-system.ts';
import type { SystemRuntime } from './system/runtime.ts';
import { openSystem, type System } from './system/system.ts';
import { runWindow } from './window.ts';

/** More messages than this would fill the members, so that memory, not the fault, would be tried. */
const MESSAGES_A_SYSTEM = 100_000;
const WINDOWS_A_SYSTEM = 20;
const NO_ENV: NodeJS.ProcessEnv = {};

/** A fault to come, and what its choices are drawn from. */
export interface Planned {
  readonly fault: Fault;
  readonly seed: number;
  /** The least time of traffic. */
  readonly seconds: number;
}

interface Options {
  readonly plan: readonly Planned[];
  readonly runtime: SystemRuntime;
  /** How many facades a system has at least. */
  readonly facades: number;
  readonly recorder: Recorder;
  readonly textSeed: number;
  readonly rate: number;
  /** Gets what the system prints. */
  readonly onOutput: (text: string) => void;
  readonly say: (text: string) => void;
  /** Called when a system is not well again after a fault, before it ends; `n` counts the windows. */
  readonly onUnwell: (system: System, n: number) => Promise<void>;
  /** Called after each window. */
  readonly onWindow: () => void;
  readonly signal: AbortSignal;
}

/** Runs faults one after the other; a system serves many of them, until it is not well again or has served enough. */
export async function runSession(options: Options): Promise<void> {
  const { plan, say, signal, onWindow } = options;
  let system: System | undefined;
  let systemEnv = NO_ENV;
  let systemFacades = options.facades;
  let firstN = 1;
  let systemFirstN = firstN;
  let windows = 0;
  let allWindows = 0;
  let isFilled = false;

  async function endSystem(): Promise<void> {
    const ending = system;
    system = undefined;
    await ending?.stop();
  }
  async function runOn(at: System, { fault, seed, seconds }: Planned): Promise<void> {
    const window = { system: at, fault, seed, seconds, firstN, isFilled };
    const { nextN, whole } = await runWindow({ ...options, ...window, say: (text) => say(`  ${text}`) });
    firstN = nextN;
    isFilled ||= fault.fillsMembers === true;
    windows++;
    allWindows++;
    onWindow();
    if (whole) return;
    say('  it is not well again: the next one gets a new system');
    await options.onUnwell(at, allWindows);
    await endSystem();
  }
  /** Ends a system that is well, after a look at all that it was given. */
  async function retire(): Promise<void> {
    const { recorder, textSeed } = options;
    const fault = wholeRead({ events: recorder.events, textSeed, firstN: systemFirstN });
    if (system !== undefined) await runOn(system, { fault, seed: plan[0]?.seed ?? 0, seconds: 0 });
    await endSystem();
  }
  async function ready({ env = NO_ENV, fresh = false, facades: needed = 1 }: Fault): Promise<System> {
    const facades = Math.max(options.facades, needed);
    const isWorn = windows > WINDOWS_A_SYSTEM || firstN - systemFirstN > MESSAGES_A_SYSTEM;
    if (fresh || isWorn || env !== systemEnv || facades !== systemFacades) await retire();
    if (system !== undefined) return system;
    say('starting a system ...');
    const { runtime } = options;
    system = await (runtime === 'compose'
      ? openComposeSystem({ ...options, env, facades })
      : openSystem({ ...options, runtime, env, facades }));
    systemEnv = env;
    systemFacades = facades;
    if (!(await system.wholeWithin(60_000))) throw new Error('the system that was started is not well');
    systemFirstN = firstN;
    windows = 0;
    isFilled = false;
    const first = system;
    if (fresh) return first;
    await runOn(first, { fault: NO_FAULT, seed: plan[0]?.seed ?? 0, seconds: 0 });
    if (system === undefined) throw new Error('the system that was started is not well without a fault');
    return first;
  }

  try {
    for (const [index, planned] of plan.entries()) {
      signal.throwIfAborted();
      const at = await ready(planned.fault);
      say(`${index + 1}/${plan.length} ${planned.fault.name}: ${planned.fault.summary}`);
      await runOn(at, planned);
    }
    await retire();
  } finally {
    await endSystem();
  }
}
