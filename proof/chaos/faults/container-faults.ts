import { mustHappen } from '../system/fault-error.ts';
import { LOGGERS, MEMBERS, type Member, type Part } from '../system/parts.ts';
import type { System } from '../system/system.ts';
import type { Fault, Stage } from './fault.ts';
import { type Hit, held } from './hit.ts';

const HOLD_MS = 15_000;
/** The others evict a silent member after 5 s. */
const EVICTED_MS = 12_000;

/** Takes parts out of a network by docker network disconnect: their names and addresses are gone there, as those of the dead are. */
function cutOff({ system, say }: Stage, network: (env: System['env']) => string, parts: readonly Part[]): Hit {
  const name = network(system.env);
  const { networks } = system;
  say(`${parts.join(', ')}, off from ${name}`);
  mustHappen(networks !== undefined, 'its parts are not containers');
  return {
    make: () => Promise.all(parts.map((part) => networks?.disconnect(part, name))),
    mend: () => Promise.all(parts.map((part) => networks?.connect(part, name))),
  };
}

const MEMBERS_NETWORK = ({ NETWORK = '' }: System['env']) => NETWORK;
const SERVICES_NETWORK = ({ COMPOSE_PROJECT_NAME = '' }: System['env']) => `${COMPOSE_PROJECT_NAME}_services`;

const faults: readonly Omit<Fault, 'impossible'>[] = [
  {
    name: 'disconnect-member',
    summary: 'one member is cut off from all: the two others go on',
    bars: { failed: 0, slowestPostMs: 8_000, slowestGetMs: 8_000 },
    run: held(HOLD_MS, (stage) => cutOff(stage, MEMBERS_NETWORK, [stage.random.pick(MEMBERS)])),
  },
  {
    name: 'disconnect-two-members',
    summary: 'two members are cut off from all: nobody serves until they are back',
    bars: { refusedWithinMs: 5_000, servedWithinMs: 30_000 },
    run: held(HOLD_MS, (stage) => cutOff(stage, MEMBERS_NETWORK, stage.random.shuffle(MEMBERS).slice(0, 2))),
  },
  {
    name: 'kill-member-beside-disconnected',
    summary: 'a member is cut off from all and evicted, another killed: nobody serves until the first is back',
    bars: { nothingStored: { graceMs: 1_000 }, servedWithinMs: 40_000 },
    async run(stage) {
      const { system, random, injected, healed, hold } = stage;
      const [cut, killed] = random.shuffle(MEMBERS) as [Member, Member];
      const { make, mend } = cutOff(stage, MEMBERS_NETWORK, [cut]);
      stage.say(`${killed} killed`);
      await make();
      await hold(EVICTED_MS);
      await system.kill(killed);
      injected();
      await hold(EVICTED_MS);
      healed();
      await mend();
      await system.start(killed);
    },
  },
  {
    name: 'disconnect-logger',
    summary: 'one logger is cut off from the facade',
    bars: { failed: 0, slowestPostMs: 2_000, slowestGetMs: 2_000 },
    run: held(HOLD_MS, (stage) => cutOff(stage, SERVICES_NETWORK, [stage.random.pick(LOGGERS)])),
  },
  {
    name: 'disconnect-logger-from-member',
    summary: 'one logger is cut off from its member',
    bars: { failed: 0, slowestPostMs: 5_000, slowestGetMs: 5_000 },
    run: held(HOLD_MS, (stage) => cutOff(stage, MEMBERS_NETWORK, [stage.random.pick(LOGGERS)])),
  },
];

/** What can happen to containers, by docker network. */
export const CONTAINER_FAULTS: readonly Fault[] = faults.map((fault) => ({
  ...fault,
  impossible: async (runtime) => (runtime === 'compose' ? undefined : 'not all parts are containers'),
}));
