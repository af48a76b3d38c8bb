import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { v7 as createUuid } from 'uuid';
import { createRandom } from '../random.ts';
import type { Fault, Stage } from './faults/fault.ts';
import type { Check, Event, PostEvent, Seen } from './history/history.ts';
import type { Recorder } from './history/recorder.ts';
import { isStored } from './history/window-traffic.ts';
import { checkServed } from './rules/served.ts';
import { type Frozen, notingFreezes } from './system/noted-freezes.ts';
import type { System } from './system/system.ts';
import { startFollower } from './traffic/follower.ts';
import { startTraffic, type Traffic } from './traffic/traffic.ts';

const BASELINE_MS = 2_000;
const READS_A_SECOND = 2;
/** A p99 of 200 requests would be that of the second slowest. */
const LONG_BASELINE_MS = 4_000;
const WHOLE_MS = 120_000;
const AFTERWARDS_MS = 1_000;
const LATE_MS = 200;
const FINAL_READ_MS = 20_000;
/** What was stored through another facade is told when its follower's has looked. */
const FOLLOWED_MS = 30_000;
/** The clock of the facade is this machine's too; what it had begun before the window is filtered by number. */
const AFTER_MARGIN_MS = 2_000;

interface Options {
  readonly system: System;
  readonly recorder: Recorder;
  readonly fault: Fault;
  /** What the window's random choices are drawn from. */
  readonly seed: number;
  /** What the texts are made of; the same for a whole run. */
  readonly textSeed: number;
  readonly firstN: number;
  readonly rate: number;
  /** The least time that traffic runs. */
  readonly seconds: number;
  readonly say: (text: string) => void;
  /** Whether the members were filled before. */
  readonly isFilled: boolean;
  readonly signal: AbortSignal;
}

/** How a window ended. */
export interface WindowResult {
  /** The number of the first message of the next window. */
  readonly nextN: number;
  /** Whether all was well at the end, so that the same system can serve again. */
  readonly whole: boolean;
}

/** Runs one fault with the traffic around it, and records both; rejects only when the run is ended. */
export async function runWindow(options: Options): Promise<WindowResult> {
  const { system, recorder, fault, seed, textSeed, firstN, seconds, say, signal } = options;
  const rate = fault.rate ?? options.rate;
  const readRate = fault.readRate ?? READS_A_SECOND;
  const urls = system.fronts.map(({ callers }) => callers.url);
  const firstEvent = recorder.events.length;
  const after = createUuid({ msecs: Date.now() - AFTER_MARGIN_MS - (fault.clockBackMs ?? 0) });
  const random = createRandom(seed ^ hashOf(fault.name));
  const lateness = monitorEventLoopDelay({ resolution: 10 });
  lateness.enable();
  const startMs = recorder.now();
  const traffic = startTraffic({
    urls,
    quiet: fault.quiet ?? false,
    seed: textSeed,
    random: createRandom(seed),
    recorder,
    rate,
    readRate,
    firstN,
    after,
  });
  const followers = urls.map((url) => startFollower({ url, seed: textSeed, firstN, after }));
  const times: { injectedMs?: number; healedMs?: number; readyMs?: number } = {};
  let notHappened: string | undefined;
  const checks: Check[] = [];
  const facadeFrozen: Frozen[] = [];
  try {
    await pause(fault.bars.p99Ratio === undefined ? BASELINE_MS : LONG_BASELINE_MS, undefined, { signal });
    const stage: Stage = {
      system: notingFreezes(system, recorder.now, (frozen) => void facadeFrozen.push(frozen)),
      random,
      say,
      injected() {
        times.injectedMs ??= recorder.now();
      },
      healed() {
        times.healedMs ??= recorder.now();
      },
      hold: (ms) => pause(ms, undefined, { signal }),
      note: (...found) => void checks.push(...found),
      begun: () => traffic.begun,
      post: traffic.post,
      goOn: traffic.goOn,
      signal,
    };
    await fault.run(stage).catch(async (error: unknown) => {
      signal.throwIfAborted();
      notHappened = error instanceof Error ? error.message : String(error);
      await mend(system);
    });
    if (times.injectedMs === undefined || times.healedMs === undefined) notHappened ??= 'it did not come to its end';
    times.injectedMs ??= recorder.now();
    times.healedMs ??= recorder.now();
    if (await system.wholeWithin(WHOLE_MS)) times.readyMs = recorder.now();
    const { halfRateWithinMs = 0 } = fault.bars;
    // The rate is judged by the seconds that follow that time.
    const until = Math.max(
      startMs + 1_000 * seconds,
      halfRateWithinMs === 0 ? 0 : times.injectedMs + halfRateWithinMs + 4_000,
    );
    await pause(Math.max(0, until - recorder.now()) + AFTERWARDS_MS, undefined, { signal });
  } catch (error) {
    for (const { end } of followers) void end([], 0);
    throw error;
  } finally {
    await traffic.stop();
  }
  lateness.disable();
  const latestMs = Math.round(lateness.max / 1e6);
  if (latestMs > LATE_MS)
    say(`the instrument itself was late by up to ${latestMs} ms: so much of the times is its own`);
  // Where memory was lost, or the clock went back, nobody can go on where he was.
  const isFollowed = times.readyMs !== undefined && !fault.memoryLost && fault.clockBackMs === undefined;
  const stored = recorder.events.slice(firstEvent).flatMap((event) => (isAcknowledged(event) ? [event.n] : []));
  const due = isFollowed ? stored.filter((n) => n >= firstN) : [];
  checks.push(...(await Promise.all(followers.map(({ end }) => end(due, FOLLOWED_MS)))));
  const { servedWithinMs } = fault.bars;
  if (servedWithinMs !== undefined)
    checks.push(checkServed(recorder.events.slice(firstEvent), times.healedMs, servedWithinMs));
  const finalRead = await readFinally(traffic, signal);
  recorder.record({
    kind: 'window',
    name: fault.name,
    seed,
    startMs,
    injectedMs: times.injectedMs,
    healedMs: times.healedMs,
    ...(times.readyMs === undefined ? {} : { readyMs: times.readyMs }),
    endMs: recorder.now(),
    firstN,
    ...(finalRead === undefined ? {} : { finalRead }),
    ...(notHappened === undefined ? {} : { notHappened }),
    ...(fault.memoryLost ? { memoryLost: true } : {}),
    ...(options.isFilled || fault.fillsMembers ? { mayBeFull: true } : {}),
    ...(facadeFrozen.length === 0 ? {} : { facadeFrozen }),
    ...(checks.length === 0 ? {} : { checks }),
    bars: fault.bars,
  });
  return { nextN: firstN + traffic.begun, whole: times.readyMs !== undefined && finalRead !== undefined };
}

function isAcknowledged(event: Event): event is PostEvent {
  return event.kind === 'post' && isStored(event);
}

/** Takes back what a fault that failed half way may have left; what it ended is not started again. */
async function mend({ members, services, proxies, callers }: System): Promise<void> {
  for (const proxy of [...Object.values(proxies), callers]) proxy.setMode('pass');
  await Promise.all([members.resumeAll(), services.resumeAll()]);
}

async function readFinally(traffic: Traffic, signal: AbortSignal): Promise<Seen | undefined> {
  const deadline = performance.now() + FINAL_READ_MS;
  while (performance.now() < deadline) {
    try {
      return await traffic.readAll();
    } catch {
      await pause(500, undefined, { signal });
    }
  }
  return undefined;
}

/** So that two faults of one seed do not hit the same parts. The method is FNV-1a (Fowler, Noll, Vo; public domain). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
