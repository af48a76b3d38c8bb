import type { Check, Event, Seen } from '../history/history.ts';
import { toRanges, walk } from '../history/ranges.ts';
import { isStored } from '../history/window-traffic.ts';
import { readSeen } from '../traffic/traffic.ts';
import type { Fault } from './fault.ts';

interface Options {
  /** The history so far. */
  readonly events: readonly Event[];
  /** What the texts are made of. */
  readonly textSeed: number;
  /** The number of the first message that the system was given. */
  readonly firstN: number;
}

const READ_MS = 120_000;
const TRIES = 3;

/**
 * What comes last on every system: all that was acknowledged or read since it was started is read back, as the reads of each
 * window begin with that window.
 */
export function wholeRead({ events, textSeed, firstN }: Options): Fault {
  return {
    name: 'whole-read',
    summary: 'nothing happens; everything that the system was given is read back',
    bars: {},
    async run({ system, injected, healed, note }) {
      injected();
      const owed = owedNumbers(events, firstN);
      note(compare(owed, await readWhole(system.callers.url, textSeed, firstN)));
      healed();
    },
  };
}

/** The numbers of the messages that a system still has to have, as they were acknowledged or read, in their order. */
export function owedNumbers(events: readonly Event[], firstN: number): readonly number[] {
  // With their memory the members lose what was acknowledged before.
  const fromMs = events.reduce(
    (latest, event) => (event.kind === 'window' && event.memoryLost ? Math.max(latest, event.healedMs) : latest),
    0,
  );
  const owed = new Set<number>();
  for (const event of events) {
    if (event.kind === 'post' && event.n >= firstN && event.startMs >= fromMs && isStored(event)) owed.add(event.n);
    // What another read of the window had, its final one has too, or the window's own rules say so.
    if (event.kind === 'window' && event.firstN >= firstN && event.endMs >= fromMs) {
      for (const [first, last] of event.finalRead?.ranges ?? []) for (let n = first; n <= last; n++) owed.add(n);
    }
  }
  return [...owed].sort((a, b) => a - b);
}

type Whole = Pick<Seen, 'ranges' | 'repeated'>;

/** Compares what a system owes with what it has. */
export function compare(owed: readonly number[], whole: Whole | string): Check {
  const what = 'everything acknowledged or read since the system was started is there, once';
  if (typeof whole === 'string') return { what, held: false, found: `it could not be read: ${whole}` };
  const missing: number[] = [];
  walk(whole.ranges, owed, (index, has) => {
    if (!has) missing.push(owed[index] ?? 0);
  });
  const few = toRanges(missing)
    .slice(0, 5)
    .map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`));
  const lacks = missing.length === 0 ? 'none missing' : `${missing.length} missing (${few.join(', ')})`;
  const found = `of ${owed.length} messages ${lacks}, ${whole.repeated.length} twice`;
  return { what, held: missing.length === 0 && whole.repeated.length === 0, found };
}

async function readWhole(url: string, seed: number, firstN: number): Promise<Whole | string> {
  let reason = '';
  for (let n = 0; n < TRIES; n++) {
    try {
      return await readSeen(url, '/', READ_MS, { seed, firstN });
    } catch (error) {
      reason = String(error);
    }
  }
  return reason;
}
