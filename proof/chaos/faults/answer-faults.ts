import { mustHappen } from '../system/fault-error.ts';
import { LOGGERS } from '../system/parts.ts';
import type { BadMode, SpoilingProxy } from '../system/proxy.ts';
import type { Fault, Stage } from './fault.ts';
import { held } from './hit.ts';

const LOGGER_MS = 8_000;
const CALLERS_MS = 4_000;

interface Spoiled {
  readonly proxy: SpoilingProxy;
  /** Answers that tell of health are spoiled as well. */
  readonly healthToo: boolean;
}

/** The answers that come through a proxy are spoiled; at least one of them has to be. */
function spoiled(mode: BadMode, holdMs: number, choose: (stage: Stage) => Spoiled): Fault['run'] {
  return held(holdMs, (stage) => {
    const { proxy, healthToo } = choose(stage);
    return {
      async make() {
        proxy.setMode(mode, { healthToo });
      },
      async mend() {
        const { misbehaved } = proxy;
        proxy.setMode('pass');
        mustHappen(misbehaved > 0, 'no request came while answers were bad');
      },
    };
  });
}

function chooseLogger({ system, random, say }: Stage): Spoiled {
  const logger = random.pick(LOGGERS);
  const healthToo = random.next() < 0.5;
  say(`${logger}, ${healthToo ? 'its health too' : 'its health apart'}`);
  return { proxy: system.proxies[logger], healthToo };
}

const logger = (mode: BadMode, what: string): Fault => ({
  name: `${mode === 'half' ? 'half-answer' : mode}-logger`,
  summary: `one logger ${what}`,
  bars: { failed: 0, slowestPostMs: 2_000, slowestGetMs: 2_000, p99Ratio: 1.5 },
  run: spoiled(mode, LOGGER_MS, chooseLogger),
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
    run: spoiled('half', CALLERS_MS, ({ system }) => ({ proxy: system.callers, healthToo: true })),
  },
];
