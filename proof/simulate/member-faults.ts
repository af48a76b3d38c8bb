import type { Kind } from './fault.ts';
import { LOGGERS, MEMBERS } from './names.ts';
import type { World } from './world.ts';

function killMembers(count: number): Kind['make'] {
  return (random) => {
    const names = random.shuffle(MEMBERS).slice(0, count);
    return {
      begin: (world) => {
        for (const name of names) world.killMember(name);
      },
      end: ({ cluster }) => {
        for (const name of names) cluster.start(name);
      },
    };
  };
}

/** Everything is killed, by hand or as the power goes, and starts again in whatever order. */
function killEverything(how: (world: World) => void): Kind['make'] {
  return (random) => {
    const laterMs = [...MEMBERS, ...LOGGERS].map((name) => ({ name, ms: 5_000 * random.next() }));
    return {
      begin: (world) => {
        for (const name of LOGGERS) world.killLogger(name);
        for (const name of MEMBERS) world.cluster.kill(name);
        how(world);
      },
      end: (world) => {
        for (const { name, ms } of laterMs)
          world.later(ms, () => (name.startsWith('logger') ? world.startLogger(name) : world.cluster.start(name)));
      },
    };
  };
}

/** What happens to members. */
export const MEMBER_FAULTS = {
  'kill-member': { lasts: [500, 15_000], weight: 4, isHidden: true, make: killMembers(1) },
  /** The last one waits for the disks of the others' loggers, if they have some: docs/decisions/durable.md. */
  'kill-two-members': { lasts: [8_000, 25_000], weight: 1, isHidden: 'in memory', make: killMembers(2) },
  'freeze-member': {
    lasts: [300, 14_000],
    weight: 5,
    isHidden: true,
    make: (random) => {
      const name = random.pick(MEMBERS);
      return { begin: ({ cluster }) => cluster.freeze(name), end: ({ cluster }) => cluster.resume(name) };
    },
  },
  /** It ends when the first of them starts again. */
  'kill-all-members': {
    lasts: [500, 6_000],
    weight: 1,
    losesMemory: true,
    make: (random) => {
      const [first = '', ...others] = random.shuffle(MEMBERS);
      const laterMs = others.map(() => 5_000 * random.next());
      return {
        begin: ({ cluster }) => {
          for (const name of MEMBERS) cluster.kill(name);
        },
        end: (world) => {
          world.cluster.start(first);
          for (const [at, name] of others.entries()) world.later(laterMs[at] ?? 0, () => world.cluster.start(name));
        },
      };
    },
  },
  'kill-everything': { lasts: [500, 6_000], weight: 1, losesMemory: true, make: killEverything(() => {}) },
  'cut-power': {
    lasts: [500, 6_000],
    weight: 1,
    losesMemory: true,
    make: killEverything(({ cutPower }) => cutPower()),
  },
  'freeze-one-kill-others': {
    lasts: [9_000, 22_000],
    weight: 1,
    make: (random) => {
      const [frozen = '', ...others] = random.shuffle(MEMBERS);
      const killAfterMs = 2_500 * random.next();
      const startAfterMs = killAfterMs + 500 + 4_000 * random.next();
      return {
        begin: (world) => {
          world.cluster.freeze(frozen);
          world.later(killAfterMs, () => {
            for (const name of others) world.killMember(name);
          });
          world.later(startAfterMs, () => {
            for (const name of others) world.cluster.start(name);
          });
        },
        end: ({ cluster }) => cluster.resume(frozen),
      };
    },
  },
  /** The second one about when the first is given up: what is stored between has few copies. */
  'freeze-as-another-wakes': {
    lasts: [9_000, 25_000],
    weight: 2,
    make: (random) => {
      const [first = '', second = ''] = random.shuffle(MEMBERS);
      const afterMs = 5_000 + 3_000 * random.next();
      return {
        begin: (world) => {
          world.cluster.freeze(first);
          world.later(afterMs, () => {
            world.cluster.freeze(second);
            world.cluster.resume(first);
          });
        },
        end: ({ cluster }) => cluster.resume(second),
      };
    },
  },
  'freeze-two-members': {
    lasts: [1_000, 16_000],
    weight: 2,
    make: (random) => {
      const names = random.shuffle(MEMBERS).slice(0, 2);
      return {
        begin: ({ cluster }) => {
          for (const name of names) cluster.freeze(name);
        },
        end: ({ cluster }) => {
          for (const name of names) cluster.resume(name);
        },
      };
    },
  },
} as const satisfies Readonly<Record<string, Kind>>;
