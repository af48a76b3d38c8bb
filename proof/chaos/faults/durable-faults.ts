import { LOGGERS, MEMBERS, type Part, SERVICES } from '../system/parts.ts';
import type { Fault } from './fault.ts';
import { held, hitParts } from './hit.ts';

/** A system that keeps messages on disk; one object, so that these faults share it. */
const DURABLE: NodeJS.ProcessEnv = { DURABLE: '1' };
const EVERYTHING: readonly Part[] = [...SERVICES, ...MEMBERS];
const DEAD_MS = 1_000;

/** What can happen to a system that keeps messages on disk: nothing acknowledged is lost, whatever is killed. */
export const DURABLE_FAULTS: readonly Fault[] = [
  {
    name: 'kill-everything',
    summary: 'every process is killed at once, and all are started again (kept on disk)',
    bars: {},
    env: DURABLE,
    run: held(DEAD_MS, (stage) => hitParts(stage, 'kill', EVERYTHING)),
  },
  {
    name: 'kill-all-members-durable',
    summary: 'all members are killed and started again, while the loggers live (kept on disk)',
    bars: {},
    env: DURABLE,
    run: held(DEAD_MS, (stage) => hitParts(stage, 'kill', MEMBERS)),
  },
  {
    name: 'kill-members-and-logger',
    summary:
      'all members and a logger are killed; the members wait to be filled until the logger is back (kept on disk)',
    bars: {},
    env: DURABLE,
    async run(stage) {
      const { system, random, say, injected, healed } = stage;
      const logger = random.pick(LOGGERS);
      const { make, mend } = hitParts(stage, 'kill', MEMBERS);
      injected();
      await make();
      // Nobody is served before it is back: only its disk has what it stored.
      say(logger);
      await system.kill(logger);
      await mend();
      healed();
      await system.start(logger);
    },
  },
];
