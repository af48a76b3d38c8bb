import { createHash } from 'node:crypto';
import { pino } from 'pino';
import { createSilentLog, type Log } from '../../services/shared/observing/log.ts';
import type { Event, Seen, WindowEvent } from '../chaos/history/history.ts';
import { checkHistory } from '../chaos/rules/checker.ts';
import type { Violation } from '../chaos/rules/violation.ts';
import { createRandom } from '../random.ts';
import { type Callers, createCallers } from './callers.ts';
import { type Defect, NO_DEFECT } from './defect.ts';
import type { Fault } from './fault.ts';
import { areHidden, drawFaults } from './faults.ts';
import { FACADES } from './names.ts';
import { createProcess, createVirtualClock } from './virtual-clock.ts';
import { installVirtualTime } from './virtual-globals.ts';
import { createWorld, type World } from './world.ts';

/** What a seed led to. */
export interface Outcome {
  readonly seed: number;
  readonly events: readonly Event[];
  /** Of the whole history: equal if everything went the same. */
  readonly hash: string;
  readonly violations: readonly Violation[];
  readonly virtualMs: number;
  /** The kinds of its faults, in their order. */
  readonly faults: readonly string[];
  /** What happened, line by line, if it was asked for. */
  readonly story: readonly string[];
}

interface Options {
  readonly defect?: Defect;
  readonly withStory?: boolean;
  /** With what is known to be open: one connection cut, and lists of members that come late. */
  readonly withOpen?: boolean;
}

/** The facade's 15 s, and what the network and the sweep add to them. */
const SILENT = createSilentLog();
const DEADLINE_MS = 17_500;
const POSTS = 30;
const GETS = 18;
const CONTESTS = 2;
/** Traffic goes on for so long after the last fault. */
const AFTER_MS = 4_000;
const READY_WITHIN_MS = 60_000;
const LOOK_MS = 250;
const FACADE_READY_MS = 2_200;
/** A young map begins its log only once all members are there: until then a fault has everybody wait. */
const VOTERS_STORED_MS = 5_000;
/** Loggers with disks then fill it one after the other, though they have nothing yet: so long later everything begins. */
const FILLED_MS = 2_500;

/** Runs one seed, from the start of the system to the last read, and checks its history. */
export async function simulate(
  seed: number,
  { defect = NO_DEFECT, withStory = false, withOpen = false }: Options = {},
): Promise<Outcome> {
  const clock = createVirtualClock();
  const story: string[] = [];
  const tell = (what: () => string) => {
    if (withStory) story.push(`${(clock.nowMs / 1_000).toFixed(4).padStart(9)} s  ${what()}`);
  };
  const log = withStory ? (name: string) => createStoryLog(name, tell) : () => SILENT;
  const restore = installVirtualTime(clock);
  try {
    const isDurable = defect.isDurable ?? createRandom(Math.imul(seed, 31) + 30).next() < 0.5;
    const laterMs = isDurable ? FILLED_MS : 0;
    const drawn = drawFaults(createRandom(Math.imul(seed, 31)), { wanted: defect.faults, withOpen });
    const faults = drawn.map((one) => ({ ...one, atMs: one.atMs + laterMs, untilMs: one.untilMs + laterMs }));
    const outside = createProcess('callers', 'callers');
    const owed = () => callers.owed;
    const world = createWorld({ clock, seed, withOpen, defect, isDurable, log, tell, owed });
    const { http, facadeOf } = world;
    const random = createRandom(Math.imul(seed, 31) + 20);
    const callers = createCallers({
      ...{ clock, http, random, seed, withOpen, facadeOf, tell },
      vp: outside,
      facades: FACADES,
    });
    let window: WindowEvent | undefined;
    clock.after(1, outside, () => {
      void run(world, callers, faults, { seed, isDurable }).then((run) => {
        window = run;
      });
    });
    await clock.run(() => window !== undefined);
    const events: Event[] = [...callers.events, ...(window === undefined ? [] : [window])];
    const { violations } = checkHistory(events, { deadlineMs: DEADLINE_MS });
    return {
      seed,
      events,
      hash: createHash('sha256').update(JSON.stringify(events)).digest('hex'),
      violations,
      virtualMs: clock.nowMs,
      faults: faults.map(({ kind }) => kind),
      story,
    };
  } finally {
    restore();
  }
}

/** Sends traffic while the faults come and go, waits until all is well, and reads everything. */
async function run(
  world: World,
  callers: Callers,
  faults: readonly Fault[],
  { seed, isDurable }: { readonly seed: number; readonly isDurable: boolean },
): Promise<WindowEvent> {
  const { clock } = world;
  const injectedMs = Math.min(...faults.map(({ atMs }) => atMs));
  const healedMs = Math.max(...faults.map(({ untilMs }) => untilMs));
  const random = createRandom(Math.imul(seed, 31) + 21);
  const vp = clock.current;
  for (const fault of faults) {
    clock.after(fault.atMs - clock.nowMs, vp, () => fault.begin(world));
    clock.after(fault.untilMs - clock.nowMs, vp, () => fault.end(world));
  }
  // The first before the faults, so that there is something to lose; or not, on a young map.
  const fromMs = random.next() < 0.6 ? FACADE_READY_MS : injectedMs;
  const spanMs = healedMs + AFTER_MS - fromMs;
  for (let n = 0; n < POSTS; n++) clock.after(fromMs + spanMs * random.next(), vp, callers.post);
  for (let n = 0; n < GETS; n++) clock.after(fromMs + spanMs * random.next(), vp, callers.get);
  for (let n = 0; n < CONTESTS; n++) clock.after(fromMs + spanMs * random.next(), vp, callers.contest);
  await pause(fromMs + spanMs);
  let readyMs: number | undefined;
  while (clock.nowMs < healedMs + READY_WITHIN_MS && readyMs === undefined) {
    if (world.isWell()) readyMs = callers.now();
    else await pause(LOOK_MS);
  }
  callers.post();
  callers.get();
  while (callers.underWay > 0) await pause(LOOK_MS);
  const finalRead: Seen | undefined = await callers.readAll();
  return {
    kind: 'window',
    name: faults.map(({ kind }) => kind).join(', '),
    seed,
    startMs: 0,
    injectedMs,
    healedMs,
    ...(readyMs === undefined ? {} : { readyMs }),
    endMs: callers.now(),
    firstN: 1,
    ...(finalRead === undefined ? {} : { finalRead }),
    ...(!isDurable && faults.some(({ losesMemory }) => losesMemory)
      ? { memoryLost: true }
      : { checks: [callers.contests.check()] }),
    bars: {
      readyWithinMs: READY_WITHIN_MS,
      ...(areHidden(faults, isDurable) && injectedMs > VOTERS_STORED_MS + (isDurable ? FILLED_MS : 0)
        ? { failed: 0 }
        : {}),
    },
  };
}

const pause = (ms: number) => new Promise((go) => setTimeout(go, ms));

/** A log whose lines are part of the story. */
function createStoryLog(name: string, tell: (what: () => string) => void): Log {
  const write = (line: string) => {
    const { msg } = JSON.parse(line) as { readonly msg: string };
    tell(() => `${name}: ${msg}`);
  };
  return pino({ level: 'info' }, { write });
}
