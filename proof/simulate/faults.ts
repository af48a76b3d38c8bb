import type { Random } from '../../test/chaos/random.ts';
import type { World } from './world.ts';

/** Something that goes wrong for a while. */
export interface Fault {
  readonly kind: FaultKind;
  readonly atMs: number;
  readonly untilMs: number;
  readonly begin: (world: World) => void;
  readonly end: (world: World) => void;
  /** Whether the members lose all that they have. */
  readonly losesMemory: boolean;
}

interface Kind {
  readonly losesMemory?: boolean;
  /** Whether it is known that it may show something (docs/guarantees.md). */
  readonly isOpen?: boolean;
  /** How long it lasts, in ms. */
  readonly lasts: readonly [least: number, most: number];
  /** How often it is drawn. */
  readonly weight: number;
  /** Whether no request has to fail for it when it is alone. */
  readonly isHidden?: boolean;
  readonly make: (random: Random) => Pick<Fault, 'begin' | 'end'>;
}

const MEMBERS = [1, 2, 3].map((n) => `member-${n}`);
const LOGGERS = [1, 2, 3].map((n) => `logger-${n}`);
const FACADES = [1, 2].map((n) => `facade-${n}`);

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

const KINDS = {
  'kill-member': { lasts: [500, 15_000], weight: 4, isHidden: true, make: killMembers(1) },
  'kill-two-members': { lasts: [8_000, 25_000], weight: 1, isHidden: true, make: killMembers(2) },
  'freeze-member': {
    lasts: [300, 14_000],
    weight: 5,
    isHidden: true,
    make: (random) => {
      const name = random.pick(MEMBERS);
      return { begin: ({ cluster }) => cluster.freeze(name), end: ({ cluster }) => cluster.resume(name) };
    },
  },
  'cut-member': {
    lasts: [300, 14_000],
    weight: 4,
    isHidden: true,
    make: (random) => {
      const name = random.pick(MEMBERS);
      const others = MEMBERS.filter((other) => other !== name);
      // Its logger is beside it, and on the same side.
      const pairs = others.flatMap((other) => [
        [name, other],
        [loggerOf(name), other],
        [name, loggerOf(other)],
      ]);
      return cutting(`${name} from the others`, pairs);
    },
  },
  'cut-link': {
    lasts: [300, 14_000],
    weight: 2,
    isOpen: true,
    make: (random) => {
      const [one = '', other = ''] = random.shuffle(MEMBERS);
      return cutting(`${one} from ${other}`, [[one, other]]);
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
  'cut-facade': {
    lasts: [1_000, 8_000],
    weight: 2,
    make: (random) => {
      const name = random.pick(FACADES);
      const loggers = random.shuffle(LOGGERS).slice(0, random.integer(1, 3));
      return cutting(
        `${name} from ${loggers.join(', ')}`,
        loggers.map((logger) => [name, logger]),
      );
    },
  },
  slow: {
    lasts: [1_000, 8_000],
    weight: 2,
    make: (random) => {
      const host = random.pick([...MEMBERS, ...LOGGERS, ...FACADES]);
      const byMs = random.integer(20, 900);
      return {
        begin: ({ network, tell }) => {
          tell(() => `what ${host} sends and gets takes up to ${byMs} ms`);
          network.slow(host, byMs);
        },
        end: ({ network }) => network.slow(host, 0),
      };
    },
  },
  'lost-answers': {
    lasts: [1_000, 8_000],
    weight: 2,
    make: (random) => {
      const host = random.pick(LOGGERS);
      const part = 0.1 + 0.5 * random.next();
      return {
        begin: ({ network, tell }) => {
          tell(() => `of the answers of ${host} ${Math.round(100 * part)} % are lost`);
          network.lose(host, part);
        },
        end: ({ network }) => network.lose(host, 0),
      };
    },
  },
} as const satisfies Readonly<Record<string, Kind>>;

export type FaultKind = keyof typeof KINDS;

function loggerOf(member: string): string {
  return member.replace('member', 'logger');
}

function cutting(what: string, pairs: readonly (readonly string[])[]): Pick<Fault, 'begin' | 'end'> {
  return {
    begin: ({ network, tell }) => {
      tell(() => `the network cuts ${what}`);
      for (const [host = '', other = ''] of pairs) network.cut(host, other);
    },
    end: ({ network, tell }) => {
      tell(() => `the network is whole again for ${what}`);
      for (const [host = '', other = ''] of pairs) network.heal(host, other);
    },
  };
}

const MOST_FAULTS = 3;
const FIRST_WITHIN_MS = 5_000;
const NEXT_WITHIN_MS = 9_000;

interface Wanted {
  readonly wanted: readonly FaultKind[] | undefined;
  /** Whether those may be drawn that are known to show something. */
  readonly withOpen: boolean;
}

/** Draws the faults of a run, 1 to 3 that may overlap; or these, one after the other. */
export function drawFaults(random: Random, { wanted, withOpen }: Wanted): readonly Fault[] {
  const all = (Object.keys(KINDS) as FaultKind[]).filter((kind) => withOpen || !isOpen(KINDS[kind]));
  const bag = all.flatMap((kind) => Array.from({ length: KINDS[kind].weight }, () => kind));
  const drawn = wanted ?? Array.from({ length: random.integer(1, MOST_FAULTS) }, () => random.pick(bag));
  // With others it could not be said what is owed afterwards.
  const alone = drawn.find((kind) => isForgetting(KINDS[kind]));
  const kinds = alone === undefined ? drawn : [alone];
  let atMs = 500 + FIRST_WITHIN_MS * random.next();
  return kinds.map((kind) => {
    const [least, most] = KINDS[kind].lasts;
    // As often short as long.
    const lastsMs = least * (most / least) ** random.next();
    const losesMemory = isForgetting(KINDS[kind]);
    const fault = { kind, atMs, untilMs: atMs + lastsMs, losesMemory, ...KINDS[kind].make(random) };
    atMs += NEXT_WITHIN_MS * random.next();
    return fault;
  });
}

const isOpen = (kind: Kind) => kind.isOpen === true;
const isForgetting = (kind: Kind) => kind.losesMemory === true;

/** Whether no request may fail for these faults. */
export function areHidden(faults: readonly Fault[]): boolean {
  const kind: Kind | undefined = faults[0] === undefined ? undefined : KINDS[faults[0].kind];
  return faults.length === 1 && kind?.isHidden === true;
}
