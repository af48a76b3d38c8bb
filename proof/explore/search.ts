import { type Canonical, createCanonical } from './canonical.ts';
import { read } from './encoding.ts';
import { faultSteps } from './fault-steps.ts';
import { createFingerprints, type Fingerprints } from './fingerprints.ts';
import { createFrontier } from './frontier.ts';
import { watchMessage } from './invariants.ts';
import { joinSteps } from './join-steps.ts';
import type { Breach, Model, Steps } from './model.ts';
import { filledState, lostState } from './notes.ts';
import { replaySteps } from './replay-steps.ts';
import { forgetHopeless, requestSteps } from './request-steps.ts';
import { firstState, type State } from './state.ts';
import { viewSteps } from './view-steps.ts';
import { voterSteps } from './voter-steps.ts';

/** How far to search. */
export interface Limits {
  readonly seconds: number;
  readonly depth: number;
  /** Whether a breach ends the search. */
  readonly endsAt: (breach: Breach) => boolean;
}

/** What a search found. */
export interface Finding {
  readonly breach: Breach;
  /** How many steps lead to it. */
  readonly depth: number;
  /** The shortest way to it, a sentence a step. */
  readonly story: readonly string[];
}

export interface Outcome {
  readonly states: number;
  readonly steps: number;
  /** All states that so many steps reach were looked at. */
  readonly depth: number;
  readonly seconds: number;
  /** Whether nothing was left to look at. */
  readonly isComplete: boolean;
  /** The first of each kind. */
  readonly findings: readonly Finding[];
}

/** Looks at one state: what is wrong with it, if anything. */
export type Look = (state: State) => Breach | undefined;

/** Gives all steps that are possible in a state. */
export function stepsFrom(model: Model, state: State, sink: Steps): void {
  const steps = watchMessage(model, state, {
    breach: sink.breach,
    to(next, tell) {
      forgetHopeless(model, next);
      sink.to(next, tell);
    },
  });
  faultSteps(model, state, steps);
  viewSteps(model, state, steps);
  joinSteps(state, steps);
  requestSteps(model, state, steps);
  voterSteps(model, state, steps);
  if (model.disks !== 'none') replaySteps(model, state, steps);
}

/** Searches breadth first, so that a story is a shortest one. */
export function search(model: Model, look: Look, limits: Limits): Outcome {
  const begun = performance.now();
  const secondsSince = () => (performance.now() - begun) / 1000;
  const isDurable = model.disks !== 'none';
  const canonical = createCanonical(model.size, model.plan.script === undefined, isDurable);
  const seen = createFingerprints();
  const found = new Map<Breach, { readonly number: number; readonly depth: number }>();
  const first = canonical.wordsOf(beginOf(model));
  let frontier = createFrontier(canonical.length);
  frontier.add(first, seen.add(first, -1));
  let steps = 0;
  let depth = 0;
  let isOver = false;

  function note(breach: Breach, number: number, at: number): void {
    if (!found.has(breach)) found.set(breach, { number, depth: at });
    if (limits.endsAt(breach)) isOver = true;
  }

  while (frontier.size > 0 && depth <= limits.depth && !isOver) {
    const next = createFrontier(canonical.length);
    let number = 0;
    const sink: Steps = {
      to(state) {
        steps++;
        const words = canonical.wordsOf(state);
        const added = seen.add(words, number);
        if (added !== -1) next.add(words, added);
      },
      breach(breach) {
        note(breach, number, depth + 1);
      },
    };
    for (let place = 0; place < frontier.size && !isOver; place++) {
      number = frontier.numberOf(place);
      const state = read(frontier.words, place * canonical.length, model.size, isDurable);
      const breach = look(state);
      if (breach !== undefined) note(breach, number, depth);
      stepsFrom(model, state, sink);
      if (place % 256 === 0 && secondsSince() > limits.seconds) isOver = true;
    }
    if (isOver) break;
    frontier = next;
    depth++;
  }
  const findings = [...found].map(([breach, { number, depth: at }]) => ({
    breach,
    depth: at,
    story: storyOf(model, canonical, seen, number, breach),
  }));
  const isComplete = frontier.size === 0;
  return { states: seen.size, steps, depth, seconds: secondsSince(), isComplete, findings };
}

/** Gives the state in which a model begins. */
export function beginOf({ size, disks }: Model): State {
  if (disks === 'none') return firstState(size);
  return disks === 'alone' ? lostState(size) : filledState(size);
}

/** Walks from the first state to one, by the states between, and to the breach after it. */
function storyOf(model: Model, canonical: Canonical, seen: Fingerprints, last: number, breach: Breach): string[] {
  const numbers: number[] = [];
  for (let number = last; number > 0; number = seen.parentOf(number)) numbers.unshift(number);
  const story: string[] = [];
  let state = beginOf(model);
  for (const number of numbers) {
    let reached: State | undefined;
    stepsFrom(model, state, {
      to(next, tell) {
        if (reached !== undefined) return;
        const sentence = tell();
        if (!seen.isOf(number, canonical.wordsOf(next))) return;
        reached = next;
        story.push(sentence);
      },
      breach: () => undefined,
    });
    if (reached === undefined) throw new Error(`step ${story.length + 1} of a story is not found again`);
    state = reached;
  }
  let end: string | undefined;
  stepsFrom(model, state, {
    to: () => undefined,
    breach(named, tell) {
      if (named === breach) end ??= tell();
    },
  });
  return end === undefined ? story : [...story, end];
}
