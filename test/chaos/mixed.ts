import type { Fault, Stage } from './fault.ts';
import { mustHappen } from './fault-error.ts';
import { LOGGERS, MEMBERS, SERVICES } from './parts.ts';
import { BAD_MODES } from './proxy.ts';
import { createRandom, type Random } from './random.ts';

const MEMBERS_WHOLE_MS = 120_000;
/** What is begun later than this before the end of the traffic would only make it longer. */
const LAST_BEGIN_MS = 6_000;

/** One step of a track, described for the log; it ends when its fault is made good. */
type Step = (stage: Stage, random: Random) => Promise<void>;

/**
 * Creates the fault of a mixed run: on two tracks that overlap, services and members are hit at random times for random
 * times, all of it drawn from the seed. Never are all members hit at once, so that nothing may be lost.
 */
export function createMixedFault(seed: number, seconds: number): Fault {
  return {
    name: `mixed seed ${seed}`,
    summary: 'random faults on two tracks that overlap',
    bars: {},
    async run(stage) {
      const over = new AbortController();
      const endMs = performance.now() + 1_000 * seconds - LAST_BEGIN_MS;
      const goesOn = () => performance.now() < endMs && !over.signal.aborted && !stage.signal.aborted;
      const track = async (random: Random, step: Step, shortestMs: number) => {
        while (goesOn()) {
          await stage.hold(random.integer(shortestMs, 2_000));
          if (goesOn()) await step(stage, random);
        }
      };
      stage.injected();
      // Each with its own numbers: how long one takes must not change what the other does.
      const tracks = [
        track(createRandom(2 * seed), serviceStep, 200),
        track(createRandom(2 * seed + 1), memberStep, 500),
      ].map((running) =>
        running.catch((error: unknown) => {
          over.abort();
          throw error;
        }),
      );
      const results = await Promise.allSettled(tracks);
      stage.healed();
      for (const result of results) if (result.status === 'rejected') throw result.reason;
      return undefined;
    },
  };
}

const serviceStep: Step = async ({ system, say, hold }, random) => {
  const service = random.pick(SERVICES);
  const logger = random.pick(LOGGERS);
  const mode = random.pick(BAD_MODES);
  const shortMs = random.integer(200, 3_000);
  const longMs = random.integer(300, 6_000);
  const healthToo = random.next() < 0.5;
  const action = random.pick(['kill', 'terminate', 'freeze', 'freeze', 'spoil', 'spoil', 'callers'] as const);
  switch (action) {
    case 'kill':
    case 'terminate':
      say(`${action} ${service} for ${shortMs} ms`);
      await system[action](service);
      await hold(shortMs);
      return system.start(service);
    case 'freeze':
      say(`freeze ${service} for ${longMs} ms`);
      await system.freeze(service);
      await hold(longMs);
      return system.resume(service);
    case 'spoil':
      say(`${mode} ${logger} for ${longMs} ms${healthToo ? ', its health too' : ''}`);
      system.proxies[logger].setMode(mode, { healthToo });
      await hold(longMs);
      return system.proxies[logger].setMode('pass');
    case 'callers':
      say(`reset callers for ${shortMs} ms`);
      system.callers.setMode('half');
      await hold(shortMs);
      return system.callers.setMode('pass');
  }
};

const memberStep: Step = async ({ system, say, hold }, random) => {
  const members = random.shuffle(MEMBERS).slice(0, random.pick([1, 1, 2]));
  const deadMs = random.integer(300, 5_000);
  const frozenMs = random.integer(500, 10_000);
  const action = random.pick(['kill', 'terminate', 'freeze', 'freeze'] as const);
  say(`${action} ${members.join(' and ')} for ${action === 'freeze' ? frozenMs : deadMs} ms`);
  await Promise.all(members.map(system[action]));
  await hold(action === 'freeze' ? frozenMs : deadMs);
  await Promise.all(members.map(action === 'freeze' ? system.resume : system.start));
  const whole = await system.membersWholeWithin(MEMBERS_WHOLE_MS);
  mustHappen(whole, `the members were not whole again within ${MEMBERS_WHOLE_MS} ms`);
};
