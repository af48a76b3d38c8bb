import { mustHappen } from '../system/fault-error.ts';
import { LOGGERS } from '../system/parts.ts';
import type { BadMode } from '../system/proxy.ts';
import type { Fault } from './fault.ts';

const HOLD_MS = 8_000;

/** One logger's answers are spoiled by the proxy before it, those about its health too or not. */
function spoiled(mode: BadMode): Fault['run'] {
  return async ({ system, random, say, injected, healed, hold }) => {
    const logger = random.pick(LOGGERS);
    const healthToo = random.next() < 0.5;
    say(`${logger}, ${healthToo ? 'its health too' : 'its health apart'}`);
    const proxy = system.proxies[logger];
    proxy.setMode(mode, { healthToo });
    injected();
    await hold(HOLD_MS);
    healed();
    const { misbehaved } = proxy;
    proxy.setMode('pass');
    mustHappen(misbehaved > 0, `no request came to ${logger} while its answers were bad`);
    return undefined;
  };
}

const logger = (mode: BadMode, what: string): Fault => ({
  name: `${mode === 'half' ? 'half-answer' : mode}-logger`,
  summary: `one logger ${what}`,
  bars: { failed: 0, slowestPostMs: 2_000, slowestGetMs: 2_000, p99Ratio: 1.5 },
  run: spoiled(mode),
});

/** Bad answers, of a logger to the facade or of the facade to its callers. */
export const ANSWER_FAULTS: readonly Fault[] = [
  logger('slow', 'takes 2 s for each answer'),
  logger('error', 'answers 500'),
  logger('garbage', 'answers garbage'),
  logger('half', 'answers the first half, then resets'),
  logger('silent', 'answers nothing'),
  logger('reset', 'resets every connection'),
  {
    name: 'reset-callers',
    summary: "callers' connections are reset in the middle of answers",
    bars: {},
    async run({ system, injected, healed, hold }) {
      system.callers.setMode('half', { healthToo: true });
      injected();
      await hold(4_000);
      healed();
      const { misbehaved } = system.callers;
      system.callers.setMode('pass');
      mustHappen(misbehaved > 0, 'no request came while connections were reset');
      return undefined;
    },
  },
];
