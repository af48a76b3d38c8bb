import { createHash } from 'node:crypto';
import type { Event } from '../chaos/history/history.ts';
import { type Defect, NO_DEFECT } from './defect.ts';
import { DEFECTS } from './defects.ts';
import { type Outcome, simulate } from './simulation.ts';

/** What many seeds led to. */
export interface Totals {
  readonly seeds: number;
  readonly failedSeeds: number;
  readonly requests: number;
  /** By kind and status: `POST 201`. */
  readonly statuses: ReadonlyMap<string, number>;
  readonly virtualMs: number;
  readonly tookMs: number;
  /** Of all histories together. */
  readonly hash: string;
}

interface Options {
  readonly seed: number;
  readonly seeds: number;
  readonly withOpen?: boolean;
  readonly signal: AbortSignal;
  readonly onFailed: (outcome: Outcome) => void;
}

/** Runs seeds one after the other. */
export async function runSeeds({ seed: first, seeds, withOpen = false, signal, onFailed }: Options): Promise<Totals> {
  const statuses = new Map<string, number>();
  const hash = createHash('sha256');
  let failedSeeds = 0;
  let requests = 0;
  let virtualMs = 0;
  let done = 0;
  const beganMs = performance.now();
  for (; done < seeds && !signal.aborted; done++) {
    const outcome = await simulate(first + done, { withOpen });
    hash.update(outcome.hash);
    virtualMs += outcome.virtualMs;
    for (const event of outcome.events) {
      const name = nameOf(event);
      if (name === undefined) continue;
      requests++;
      statuses.set(name, (statuses.get(name) ?? 0) + 1);
    }
    if (outcome.violations.length > 0) {
      failedSeeds++;
      onFailed(outcome);
    }
    await letOthersRun();
  }
  const tookMs = performance.now() - beganMs;
  return { seeds: done, failedSeeds, requests, statuses, virtualMs, tookMs, hash: hash.digest('hex') };
}

function nameOf(event: Event): string | undefined {
  return event.kind === 'window' ? undefined : `${event.kind.toUpperCase()} ${event.status}`;
}

/** A seed takes no turn of the event loop: signals come in between. */
const letOthersRun = () => new Promise(setImmediate);

/** In how many seeds a defect was found. */
export interface Hunt {
  readonly defect: Defect;
  /** How many seeds were run until it was found; undefined if it was not. */
  readonly foundAfter: number | undefined;
  /** What the checker said. */
  readonly detail: string;
}

/** Runs seeds with something broken until the checker finds it. A rule that is broken without it as well says nothing. */
export async function huntDefect(
  defect: Defect,
  { seed: first, seeds, signal }: Omit<Options, 'onFailed'>,
): Promise<Hunt> {
  for (let n = 0; n < seeds && !signal.aborted; n++) {
    const { violations } = await simulate(first + n, { defect });
    const telling = violations.find(({ rule }) => defect.shownBy.includes(rule));
    if (telling !== undefined) {
      const { faults, isDurable } = defect;
      const sound = { ...NO_DEFECT, ...(faults && { faults }), ...(isDurable && { isDurable }) };
      const { violations: without } = await simulate(first + n, { defect: sound });
      if (without.length > 0) continue;
      return { defect, foundAfter: n + 1, detail: `${telling.rule}: ${telling.detail}` };
    }
    await letOthersRun();
  }
  return { defect, foundAfter: undefined, detail: '' };
}

/** The defects of a name, or all. */
export function defectsOf(name: string): readonly Defect[] {
  return DEFECTS.filter((defect) => name === 'all' || name === defect.name);
}
