import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustHappen } from '../system/fault-error.ts';
import { LOGGERS, type Service } from '../system/parts.ts';
import { holdsWithin } from '../system/process-control.ts';
import type { Fault, Stage } from './fault.ts';

const JUMP_S = 3_600;
const TOLERANCE_S = 60;
const HOLD_MS = 5_000;

/** The clocks of a logger and of the facade, not of the others, go forward an hour, then back two. */
async function jump({ system, random, say, injected, healed, hold }: Stage): Promise<void> {
  const services = [random.pick(LOGGERS), 'facade'] as const;
  say(services.join(', '));
  const folder = mkdtempSync(join(tmpdir(), 'trilog-clock-'));
  const file = join(folder, 'offset');
  const env = {
    LD_PRELOAD: findLibrary(),
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: '1',
    // Timers go by the monotonic clock, which does not jump on a real machine either. Both names: it was renamed.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
  };
  const setClocks = async (seconds: number) => {
    writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}`);
    const hasJumped = async (service: Service) => {
      const { date } = await system.services.live(service);
      return Math.abs((Date.parse(date) - Date.now()) / 1_000 - seconds) < TOLERANCE_S;
    };
    for (const service of services) {
      const jumped = await holdsWithin(8_000, () => hasJumped(service).catch(() => false));
      mustHappen(jumped, `the clock of ${service} does not show ${seconds} s more`);
    }
  };
  injected();
  try {
    writeFileSync(file, '+0');
    for (const service of services) {
      await system.terminate(service);
      await system.services.start(service, { env });
    }
    for (const seconds of [JUMP_S, -JUMP_S, 0]) {
      say(`${seconds} s`);
      await setClocks(seconds);
      await hold(HOLD_MS);
    }
    healed();
    for (const service of services) {
      await system.terminate(service);
      await system.start(service);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** libfaketime, the one for programs with threads; undefined if it is not installed. */
function findLibrary(): string | undefined {
  const folders = ['/usr/lib', '/usr/local/lib'].flatMap((base) =>
    existsSync(base) ? [base, ...readdirSync(base).map((name) => join(base, name))] : [],
  );
  return folders.map((folder) => join(folder, 'faketime/libfaketimeMT.so.1')).find((path) => existsSync(path));
}

export const CLOCK_FAULTS: readonly Fault[] = [
  {
    name: 'clock-jump',
    summary: 'the clocks of a logger and of the facade jump an hour forward, then two back',
    bars: {},
    env: {}, // it reads from hours before on, so nothing should be there
    clockBackMs: 1_000 * (JUMP_S + TOLERANCE_S),
    impossible: async () => (findLibrary() === undefined ? 'libfaketime is not installed' : undefined),
    run: jump,
  },
];
