import type { Logger, Part } from '../system/parts.ts';
import type { BadMode } from '../system/proxy.ts';
import type { Front } from '../system/system.ts';
import type { Fault, Stage } from './fault.ts';

/** Something that is made, lasts for a time, and is made good. */
export interface Hit {
  make(): Promise<unknown>;
  mend(): Promise<unknown>;
}

/** Parts are ended and started again, or stopped, and go on. */
export function hitParts({ system }: Stage, how: 'kill' | 'terminate' | 'freeze', parts: readonly Part[]): Hit {
  const back = how === 'freeze' ? system.resume : system.start;
  return { make: () => Promise.all(parts.map(system[how])), mend: () => Promise.all(parts.map(back)) };
}

/** What goes to some loggers is treated badly on the way, what asks for their health too or not. */
export function hitLoggers(
  proxies: Front['proxies'],
  mode: BadMode | 'cut',
  loggers: readonly Logger[],
  { healthToo }: { readonly healthToo: boolean },
): Hit {
  return {
    async make() {
      for (const logger of loggers) proxies[logger].setMode(mode, { healthToo });
    },
    async mend() {
      for (const logger of loggers) proxies[logger].setMode('pass');
    },
  };
}

/** A fault that is one hit, which lasts for a time. */
export function held(holdMs: number, hitOf: (stage: Stage) => Hit): Fault['run'] {
  return async (stage) => {
    const { make, mend } = hitOf(stage);
    // At once: what comes while a part is still going belongs to the fault.
    stage.injected();
    await make();
    await stage.hold(holdMs);
    stage.healed();
    await mend();
  };
}
