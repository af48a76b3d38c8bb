import { createRandom, type Random } from '../../random.ts';
import { mustHappen } from '../system/fault-error.ts';
import { LOGGERS, MEMBERS, type Member, type Part, SERVICES } from '../system/parts.ts';
import { BAD_MODES } from '../system/proxy.ts';
import type { Fault, Stage } from './fault.ts';
import { type Hit, hitLoggers, hitParts } from './hit.ts';

const MEMBERS_WHOLE_MS = 120_000;
/** What is begun later than this before the end of the traffic would only make it longer. */
const LAST_BEGIN_MS = 6_000;

/** One step of a track, described for the log; it ends when its fault is made good. */
type Step = (stage: Stage, random: Random) => Promise<void>;

/**
 * Creates the fault of a mixed run: on tracks that overlap, services, members and, where there are two, facades are hit
 * at random times for random times, all of it drawn from the seed. Never are all members hit at once, so that nothing may be lost.
 */
export function createMixedFault(seed: number, seconds: number): Fault {
  return {
    name: `mixed seed ${seed}`,
    summary: 'random faults on tracks that overlap',
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
        ...(stage.system.fronts.length > 1 ? [track(createRandom(2 ** 31 - seed), facadeStep, 1_000)] : []),
      ].map((running) =>
        running.catch((error: unknown) => {
          over.abort();
          throw error;
        }),
      );
      const results = await Promise.allSettled(tracks);
      stage.healed();
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  };
}

async function lasting({ hold }: Stage, ms: number, { make, mend }: Hit): Promise<void> {
  await make();
  await hold(ms);
  await mend();
}

const serviceStep: Step = async (stage, random) => {
  const { system, say, hold } = stage;
  const service = random.pick(SERVICES);
  const loggers = random.shuffle(LOGGERS).slice(0, random.pick([1, 1, 2]));
  // Loggers also two at once.
  const hit: readonly Part[] = LOGGERS.some((logger) => logger === service) ? loggers : [service];
  const mode = random.pick(BAD_MODES);
  const shortMs = random.integer(200, 3_000);
  const longMs = random.integer(300, 6_000);
  const healthToo = random.next() < 0.5;
  const action = random.pick(['kill', 'terminate', 'freeze', 'freeze', 'spoil', 'spoil', 'callers'] as const);
  switch (action) {
    case 'kill':
    case 'terminate':
      say(`${action} ${hit.join(' and ')} for ${shortMs} ms`);
      return lasting(stage, shortMs, hitParts(stage, action, hit));
    case 'freeze':
      say(`freeze ${hit.join(' and ')} for ${longMs} ms`);
      return lasting(stage, longMs, hitParts(stage, action, hit));
    case 'spoil':
      say(`${mode} ${loggers.join(' and ')} for ${longMs} ms${healthToo ? ', health too' : ''}`);
      return lasting(stage, longMs, hitLoggers(system.proxies, mode, loggers, { healthToo }));
    case 'callers':
      say(`reset callers for ${shortMs} ms`);
      system.callers.setMode('half');
      await hold(shortMs);
      return system.callers.setMode('pass');
  }
};

const memberStep: Step = async (stage, random) => {
  const members = random.shuffle(MEMBERS).slice(0, random.pick([1, 1, 2]));
  const deadMs = random.integer(300, 5_000);
  const frozenMs = random.integer(500, 10_000);
  const action = random.pick(['kill', 'terminate', 'freeze', 'freeze', 'beside'] as const);
  if (action === 'beside') return killBeside(stage, random.shuffle(MEMBERS) as [Member, Member], frozenMs, deadMs);
  const ms = action === 'freeze' ? frozenMs : deadMs;
  stage.say(`${action} ${members.join(' and ')} for ${ms} ms`);
  await lasting(stage, ms, hitParts(stage, action, members));
  return awaitMembers(stage);
};

/** A member is killed and started again while another one is frozen. */
async function killBeside(
  stage: Stage,
  [frozen, killed]: readonly [Member, Member],
  frozenMs: number,
  deadMs: number,
): Promise<void> {
  const { system, say, hold } = stage;
  say(`freeze ${frozen} for ${frozenMs} ms and ${deadMs} ms more, in which ${killed} is dead`);
  await system.freeze(frozen);
  await hold(frozenMs);
  await system.kill(killed);
  await hold(deadMs);
  // It may wait for the frozen one.
  await Promise.all([system.start(killed), hold(1_000).then(() => system.resume(frozen))]);
  return awaitMembers(stage);
}

async function awaitMembers({ system }: Stage): Promise<void> {
  const whole = await system.membersWholeWithin(MEMBERS_WHOLE_MS);
  mustHappen(whole, `the members were not whole again within ${MEMBERS_WHOLE_MS} ms`);
}

/** What happens where there are two facades: the second one is hit, or one of them is cut off from some loggers. */
const facadeStep: Step = async (stage, random) => {
  const { system, say } = stage;
  const front = random.pick(system.fronts);
  const loggers = random.shuffle(LOGGERS).slice(0, random.integer(1, 2));
  const ms = random.integer(300, 6_000);
  const action = random.pick(['kill', 'terminate', 'freeze', 'cut', 'cut'] as const);
  if (action === 'cut') {
    say(`cut ${front.facade} off from ${loggers.join(' and ')} for ${ms} ms`);
    // What the other track does to the same loggers meanwhile may end it earlier.
    return lasting(stage, ms, hitLoggers(front.proxies, 'cut', loggers, { healthToo: true }));
  }
  say(`${action} facade-2 for ${ms} ms`);
  return lasting(stage, ms, hitParts(stage, action, ['facade-2']));
};
