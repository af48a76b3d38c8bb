import type { Logger, Member } from '../system/parts.ts';
import type { Fault, Stage } from './fault.ts';
import { held, hitParts } from './hit.ts';

interface ProcessFaults<Part> {
  /** The first `count` of the parts in an order drawn from the seed; says which. */
  choose(stage: Stage, count: number): readonly Part[];
  /** Some parts are ended, stay so, and are started again. */
  ended(how: 'kill' | 'terminate', count: number, holdMs?: number): Fault['run'];
  /** Some parts are stopped, and go on. */
  frozen(count: number, holdMs: number): Fault['run'];
}

/** What can be done to processes of one kind, chosen by number; `deadMs` is how long they stay ended if it is not said. */
export function processFaults<Part extends Logger | Member>(
  parts: readonly Part[],
  { deadMs }: { readonly deadMs: number },
): ProcessFaults<Part> {
  function choose({ random, say }: Stage, count: number): readonly Part[] {
    const chosen = random.shuffle(parts).slice(0, count);
    say(chosen.join(', '));
    return chosen;
  }
  return {
    choose,
    ended: (how, count, holdMs = deadMs) => held(holdMs, (stage) => hitParts(stage, how, choose(stage, count))),
    frozen: (count, holdMs) => held(holdMs, (stage) => hitParts(stage, 'freeze', choose(stage, count))),
  };
}
