import type { Bars } from '../history/history.ts';
import { LOGGERS, MEMBERS, type Member } from '../system/parts.ts';
import type { Fault, Stage } from './fault.ts';
import { held, hitLoggers } from './hit.ts';
import { launchedOnly } from './launched-only.ts';

/** Above the 5 s after which the others evict a silent member. */
const EVICTED_MS = 7_000;
const LATER_MS = 12_000;
/** Members that were evicted look for each other after 10 s, and have settled 2 s after their merge. */
const AGAIN: Bars = { servedWithinMs: 30_000 };
/** Who counted last may live: nobody else serves until it wakes. */
const NOBODY: Bars = { ...AGAIN, nothingStored: { graceMs: 1_000 } };
/** So that it is seen for how long nobody serves. */
const OFTEN = 10;

/** What begins with nothing stored, and stores only what it says. */
const SEQUENCE = { bars: AGAIN, fresh: true, quiet: true, readRate: OFTEN };

/** Members are stopped until the others have evicted them; then five messages are posted. */
async function postBeside({ system, injected, hold, post }: Stage, ...frozen: readonly Member[]): Promise<void> {
  injected();
  await Promise.all(frozen.map(system.freeze));
  await hold(EVICTED_MS);
  post(5);
  await hold(LATER_MS);
}

/** Three sequences under which reads once lacked what was acknowledged: who counts was known to one facade's memory. */
const SEQUENCES: readonly Fault[] = [
  {
    name: 'frozen-pair-returns',
    summary: 'nothing is stored; members 1 and 2 are stopped, five messages posted, logger 3 killed; 1 and 2 go on',
    ...SEQUENCE,
    async run(stage) {
      const { system, healed, hold, goOn } = stage;
      await postBeside(stage, 'member-1', 'member-2');
      await system.kill('logger-3');
      healed();
      await Promise.all([system.resume('member-1'), system.resume('member-2')]);
      goOn();
      await hold(LATER_MS);
      await system.start('logger-3');
    },
  },
  {
    name: 'frozen-pair-returns-facade-anew',
    summary: 'members 1 and 2 are stopped, five messages posted, the facade killed; 1 and 2 go on, a facade starts',
    ...SEQUENCE,
    async run(stage) {
      const { system, healed, hold, goOn } = stage;
      stage.post(1);
      await hold(1_000);
      await postBeside(stage, 'member-1', 'member-2');
      await system.kill('facade');
      healed();
      await Promise.all([system.resume('member-1'), system.resume('member-2')]);
      await system.start('facade');
      goOn();
      await hold(LATER_MS);
    },
  },
  {
    name: 'frozen-one-returns-loggers-gone',
    summary: 'member 3 is evicted, five messages posted, loggers 1 and 2 killed; 3 goes on, then the loggers start',
    ...SEQUENCE,
    async run(stage) {
      const { system, healed, hold, goOn } = stage;
      await postBeside(stage, 'member-3');
      await Promise.all([system.kill('logger-1'), system.kill('logger-2')]);
      await system.resume('member-3');
      goOn();
      // Reads go through logger 3 alone, before and after its member's merge.
      await hold(LATER_MS);
      healed();
      await Promise.all([system.start('logger-1'), system.start('logger-2')]);
    },
  },
];

/** Faults that show who counts, and that it is known to the members alone. */
export const QUORUM_FAULTS: readonly Fault[] = [
  ...SEQUENCES,
  {
    name: 'facade-anew-beside-frozen',
    summary: 'a member is stopped and evicted, the facade killed and started again; then the member goes on',
    bars: { servedWithinMs: 3_000 },
    readRate: OFTEN,
    async run({ system, random, say, injected, healed, hold }) {
      const member = random.pick(MEMBERS);
      say(member);
      injected();
      await system.freeze(member);
      await hold(EVICTED_MS);
      await system.kill('facade');
      await hold(1_500);
      await system.start('facade');
      healed();
      await hold(4_000);
      await system.resume(member);
    },
  },
  {
    name: 'kill-member-beside-frozen',
    summary: 'a member is stopped and evicted, another killed and started again: nobody serves until the first goes on',
    bars: NOBODY,
    readRate: OFTEN,
    async run({ system, random, say, injected, healed, hold }) {
      const [frozen, killed] = random.shuffle(MEMBERS) as [Member, Member];
      say(`${frozen} stopped, ${killed} killed`);
      await system.freeze(frozen);
      await hold(LATER_MS);
      await system.kill(killed);
      injected();
      await hold(3_000);
      await system.start(killed);
      await hold(4_000);
      healed();
      await system.resume(frozen);
    },
  },
  {
    name: 'freeze-member-as-another-wakes',
    summary:
      'a member is stopped and evicted; another is stopped as it goes on: the third and it have to find each other',
    bars: AGAIN,
    readRate: OFTEN,
    async run({ system, random, say, injected, healed, hold }) {
      const [first, second] = random.shuffle(MEMBERS) as [Member, Member];
      say(`${first} stopped, then ${second} as ${first} goes on`);
      await system.freeze(first);
      await hold(EVICTED_MS);
      injected();
      await Promise.all([system.freeze(second), system.resume(first)]);
      // What the second one owned is with the third: that pair has everything once it has merged.
      await hold(2 * LATER_MS);
      healed();
      await system.resume(second);
    },
  },
  {
    name: 'empty-pair-beside-frozen',
    summary: 'a member is stopped, the others killed and started again, empty: nobody serves until the first goes on',
    bars: NOBODY,
    readRate: OFTEN,
    async run({ system, random, say, injected, healed, hold }) {
      const [frozen, ...killed] = random.shuffle(MEMBERS) as [Member, Member, Member];
      say(`${frozen} stopped, ${killed.join(' and ')} killed`);
      // Nothing is acknowledged without the frozen one before it is evicted: it has all that must not be lost.
      await system.freeze(frozen);
      await Promise.all(killed.map(system.kill));
      injected();
      // They wait for the frozen one, which has what they lack.
      const started = Promise.all(killed.map(system.start));
      started.catch(() => {}); // heard of below
      await hold(LATER_MS);
      healed();
      await system.resume(frozen);
      await started;
    },
  },
  ...launchedOnly([
    {
      name: 'cut-facade',
      summary: 'one of two facades is cut off from one or two loggers',
      bars: { failed: 0, slowestPostMs: 2_000, slowestGetMs: 3_000 },
      facades: 2,
      run: held(10_000, ({ system, random, say }) => {
        const { facade, proxies } = random.pick(system.fronts);
        const loggers = random.shuffle(LOGGERS).slice(0, random.integer(1, 2));
        say(`${facade}, from ${loggers.join(' and ')}`);
        return hitLoggers(proxies, 'cut', loggers, { healthToo: true });
      }),
    },
  ]),
];
