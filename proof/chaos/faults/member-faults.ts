import type { Bars } from '../history/history.ts';
import { mustHappen } from '../system/fault-error.ts';
import { LOGGERS, MEMBERS, type Member } from '../system/parts.ts';
import type { Fault } from './fault.ts';
import { held, hitParts } from './hit.ts';
import { processFaults } from './process-faults.ts';

const ENDED: Bars = { failed: 0, slowestPostMs: 3_000 };
const FROZEN: Bars = { failed: 0, slowestPostMs: 8_000, slowestGetMs: 8_000, halfRateWithinMs: 8_000 };
const NOTHING: Bars = { nothingStored: { graceMs: 500 }, refusedWithinMs: 5_000 };
const SILENT: Bars = { refusedWithinMs: 5_000 };
/** Two frozen members may have what counts: until they wake the third one serves nobody. */
const NO_QUORUM: Bars = { ...SILENT, servedWithinMs: 30_000 };
const DEAD_MS = 6_000;

const { choose, ended, frozen } = processFaults(MEMBERS, { deadMs: DEAD_MS });

/** Restarts all members one after the other, each only when the one before has its copies again. */
function rolling(rounds: number): Fault['run'] {
  return async ({ system, say, injected, healed }) => {
    injected();
    for (let round = 1; round <= rounds; round++) {
      for (const member of MEMBERS) {
        say(`round ${round}, ${member}`);
        await system.terminate(member);
        await system.start(member);
        mustHappen(await system.membersWholeWithin(90_000), `the members were not whole after ${member} was restarted`);
      }
    }
    healed();
  };
}

/** Whichever is the oldest is frozen as the oldest: the two others then have to agree on the next one. */
const inTurn: Fault['run'] = async ({ system, say, injected, healed, hold }) => {
  injected();
  for (const member of MEMBERS) {
    say(member);
    await system.freeze(member);
    await hold(8_000);
    await system.resume(member);
    // Not the members alone: the next one may fail when a logger says that it is safe (README).
    mustHappen(await system.wholeWithin(90_000), `the system was not whole after ${member} went on`);
  }
  healed();
};

/** What can happen to the members' processes. */
export const MEMBER_FAULTS: readonly Fault[] = [
  { name: 'kill-member', summary: 'one member is killed, and started again', bars: ENDED, run: ended('kill', 1) },
  {
    name: 'stop-member',
    summary: 'one member is terminated, and started again',
    bars: ENDED,
    run: ended('terminate', 1),
  },
  {
    name: 'restart-member',
    summary: 'one member is terminated and started again at once',
    bars: ENDED,
    run: ended('terminate', 1, 0),
  },
  { name: 'freeze-member-3s', summary: 'one member is stopped for 3 s', bars: FROZEN, run: frozen(1, 3_000) },
  { name: 'freeze-member-8s', summary: 'one member is stopped for 8 s', bars: FROZEN, run: frozen(1, 8_000) },
  { name: 'freeze-member-30s', summary: 'one member is stopped for 30 s', bars: FROZEN, run: frozen(1, 30_000) },
  {
    name: 'freeze-members-in-turn',
    summary: 'each member is stopped for 8 s, one after the other',
    bars: { failed: 0, slowestPostMs: 8_000, slowestGetMs: 8_000 },
    run: inTurn,
  },
  {
    name: 'resume-evicted-member',
    summary: 'one member is stopped until it is evicted, and goes on under traffic',
    bars: FROZEN,
    run: held(12_000, (stage) => {
      const [member] = choose(stage, 1) as [Member];
      const { make, mend } = hitParts(stage, 'freeze', [member]);
      return {
        make,
        async mend() {
          const sizes = await stage.system.clusterSizes();
          mustHappen(
            sizes.filter((size) => size === 2).length === 2,
            `${member} was not evicted: clusters of ${sizes}`,
          );
          await mend();
        },
      };
    }),
  },
  { name: 'kill-two-members', summary: 'two members are killed at once', bars: ENDED, run: ended('kill', 2) },
  { name: 'stop-two-members', summary: 'two members are terminated at once', bars: ENDED, run: ended('terminate', 2) },
  {
    name: 'freeze-two-members-8s',
    summary: 'two members are stopped for 8 s: nobody serves until they go on',
    bars: NO_QUORUM,
    run: frozen(2, 8_000),
  },
  {
    name: 'kill-logger-and-member',
    summary: 'a logger and its member are killed at once',
    bars: ENDED,
    run: held(DEAD_MS, (stage) => {
      const index = stage.random.integer(0, 2);
      const parts = [LOGGERS[index] ?? 'logger-1', MEMBERS[index] ?? 'member-1'] as const;
      stage.say(parts.join(', '));
      return hitParts(stage, 'kill', parts);
    }),
  },
  {
    name: 'kill-all-members',
    summary: 'all members are killed: their memory is gone',
    bars: NOTHING,
    memoryLost: true,
    run: ended('kill', 3),
  },
  { name: 'freeze-all-members-8s', summary: 'all members are stopped for 8 s', bars: SILENT, run: frozen(3, 8_000) },
  { name: 'freeze-all-members-30s', summary: 'all members are stopped for 30 s', bars: SILENT, run: frozen(3, 30_000) },
  {
    name: 'rolling-restart-members',
    summary: 'all members are restarted one after the other, each when the cluster is safe again',
    bars: ENDED,
    run: rolling(1),
  },
  {
    name: 'rolling-restart-members-3',
    summary: 'the same, three rounds (only if asked for)',
    bars: ENDED,
    onRequest: true,
    run: rolling(3),
  },
];
