import type { Check } from '../history/history.ts';
import { sendBadInput } from '../hostile/bad-input.ts';
import { fillMemory } from '../hostile/fill.ts';
import { overload } from '../hostile/overload.ts';
import { holdSlowConnections } from '../hostile/slow-connections.ts';
import { LOGGERS, MEMBERS } from '../system/parts.ts';
import type { Fault, Stage } from './fault.ts';

const BAD_REQUESTS = 10_000;
const SLOW_CONNECTIONS = 500;
const SLOW_SECONDS = 20;
const OVERLOAD_SECONDS = 60;
/**
 * Twice a second would be an overload of its own: what these scenarios store is tens of megabytes, or they read everything
 * thousands of times themselves; those begin with an empty system, too.
 */
const SELDOM = 0.2;

/** Runs a scenario between the two moments of a fault; nothing is left of it to be made good. */
function scenario(run: (stage: Stage) => Promise<readonly Check[]>): Fault['run'] {
  return async (stage) => {
    stage.injected();
    stage.note(...(await run(stage)));
    stage.healed();
  };
}

async function pidsOf({ system }: Stage): Promise<number[]> {
  return Promise.all((['facade', ...LOGGERS] as const).map((service) => system.services.pidOf(service)));
}

/** Faults that are something callers do, each with checks of its own beside the common traffic's. */
export const SCENARIO_FAULTS: readonly Fault[] = [
  {
    name: 'bad-input',
    summary: `${BAD_REQUESTS} random and mutated requests`,
    bars: { failed: 0, p99Ratio: 2 },
    env: {},
    readRate: SELDOM,
    run: scenario(({ system, random, signal }) =>
      sendBadInput(system.url, { seed: random.integer(0, 2 ** 31), count: BAD_REQUESTS, concurrency: 4, signal }),
    ),
  },
  {
    name: 'slow-connections',
    summary: `${SLOW_CONNECTIONS} connections that send and read byte by byte, for ${SLOW_SECONDS} s`,
    bars: { failed: 0, p99Ratio: 2 },
    run: scenario(({ system }) => holdSlowConnections(system.url, { count: SLOW_CONNECTIONS, seconds: SLOW_SECONDS })),
  },
  {
    name: 'overload',
    summary: `three times what can be stored is offered, for ${OVERLOAD_SECONDS} s`,
    bars: {},
    rate: 5,
    readRate: SELDOM,
    // What can be stored in a minute and a half must find room, or it is full memory that is seen.
    env: { MEMBER_HEAP: '2g' },
    run: scenario(async (stage) =>
      overload(stage.system.url, { seconds: OVERLOAD_SECONDS, pidsToWatch: await pidsOf(stage) }),
    ),
  },
  {
    name: 'full-memory',
    summary: 'members of 128 MB are filled until messages are refused',
    bars: {},
    fillsMembers: true,
    rate: 5,
    readRate: SELDOM,
    env: { MEMBER_HEAP: '128m' },
    run: scenario(async ({ system, random }) => {
      const memberPids = await Promise.all(MEMBERS.map((member) => system.members.pidOf(member)));
      const logOf = (member: string) => `${system.env.RUN_DIR}/${member}.log`;
      const memberLogs = system.runtime === 'jvm' ? MEMBERS.map(logOf) : undefined;
      return fillMemory(system.url, { memberPids, memberLogs, random });
    }),
  },
];
