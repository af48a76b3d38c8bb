import type { Kind } from './fault.ts';
import { FACADES, LOGGERS } from './names.ts';

/** What happens to loggers and facades. */
export const SERVICE_FAULTS = {
  'kill-logger': {
    lasts: [300, 25_000],
    weight: 2,
    isHidden: true,
    make: (random) => {
      const name = random.pick(LOGGERS);
      return { begin: (world) => world.killLogger(name), end: (world) => world.startLogger(name) };
    },
  },
  'freeze-logger': {
    lasts: [300, 8_000],
    weight: 2,
    isHidden: true,
    make: (random) => {
      const name = random.pick(LOGGERS);
      return { begin: (world) => world.freezeLogger(name), end: (world) => world.resumeLogger(name) };
    },
  },
  'restart-facade': {
    lasts: [200, 2_000],
    weight: 2,
    make: (random) => {
      const name = random.pick(FACADES);
      return { begin: (world) => world.killFacade(name), end: (world) => world.startFacade(name) };
    },
  },
} as const satisfies Readonly<Record<string, Kind>>;
