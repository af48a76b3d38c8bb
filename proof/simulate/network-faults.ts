import type { Fault, Kind } from './fault.ts';
import { FACADES, LOGGERS, loggerOf, MEMBERS } from './names.ts';

/** What happens to the network. */
export const NETWORK_FAULTS = {
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
