import type { Runtime } from '../launched.ts';
import type { Fault } from './fault.ts';
import type { Recorder } from './recorder.ts';
import { openSystem, type System } from './system.ts';
import { runWindow } from './window.ts';

/** More messages than this would fill the members, so that memory, not the fault, would be tried. */
const MESSAGES_A_SYSTEM = 100_000;
const WINDOWS_A_SYSTEM = 20;

/** A fault to come, and what its choices are drawn from. */
export interface Planned {
  readonly fault: Fault;
  readonly seed: number;
  /** The least time of traffic. */
  readonly seconds: number;
}

interface Options {
  readonly plan: readonly Planned[];
  readonly runtime: Runtime;
  readonly env?: NodeJS.ProcessEnv;
  readonly recorder: Recorder;
  readonly textSeed: number;
  readonly rate: number;
  /** Gets what the system prints. */
  readonly onOutput: (text: string) => void;
  readonly say: (text: string) => void;
  /** Called after each window. */
  readonly onWindow: () => void;
  readonly signal: AbortSignal;
}

/** Runs faults one after the other; a system serves many of them, until it is not well again or has served enough. */
export async function runSession(options: Options): Promise<void> {
  const { plan, recorder, say, signal, onWindow } = options;
  let system: System | undefined;
  let firstN = 1;
  let systemFirstN = firstN;
  let windows = 0;
  try {
    for (const [index, { fault, seed, seconds }] of plan.entries()) {
      signal.throwIfAborted();
      if (windows >= WINDOWS_A_SYSTEM || firstN - systemFirstN > MESSAGES_A_SYSTEM) {
        await system?.stop();
        system = undefined;
      }
      if (system === undefined) {
        say('starting a system ...');
        system = await openSystem(options);
        if (!(await system.wholeWithin(60_000))) throw new Error('the system that was started is not well');
        systemFirstN = firstN;
        windows = 0;
      }
      say(`${index + 1}/${plan.length} ${fault.name}: ${fault.summary}`);
      const window = { system, recorder, fault, seed, seconds, firstN };
      const result = await runWindow({ ...options, ...window, say: (text) => say(`  ${text}`) });
      firstN = result.nextN;
      windows++;
      onWindow();
      if (!result.whole) {
        say('  it is not well again; the next fault gets a new system');
        await system.stop();
        system = undefined;
      }
    }
  } finally {
    await system?.stop();
  }
}
