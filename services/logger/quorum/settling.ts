import type { Seat } from './quorum.ts';

/** What is looked at to tell whether a cluster has settled. */
interface Look {
  readonly view: readonly Seat[];
  /** How many messages it has. While it does not count nobody stores, so a number that grows means a merge. */
  readonly size: number;
}

/** How quiet a cluster is. */
interface Quiet {
  /** Whether every copy is in its place. */
  readonly isInPlace: boolean;
  /** Whether, for some time, no member came or went, no partition moved, and no merge ran. */
  readonly isSettled: boolean;
}

/** Whether every entry has its copies, as the member said after `sinceMs`; undefined if it did not say. */
export type AskSafe = (sinceMs: number) => Promise<boolean | undefined>;

/** Some ten times what a merging member takes from one batch of entries to the next. */
const SETTLED_MS = 2_000;
/** Where members do not tell whether their copies are in place, they have had time to put them there. */
const SETTLED_UNTOLD_MS = 10_000;

/** Creates the function that tells of each look how quiet the cluster is; `now` gives milliseconds. */
export function createSettling(askSafe: AskSafe | undefined, now: () => number): (look: Look) => Promise<Quiet> {
  let last = '';
  let sinceMs = Number.NEGATIVE_INFINITY;
  return async ({ view, size }) => {
    const looked = `${view.map(({ uuid }) => uuid).join()} ${size}`;
    if (looked !== last) sinceMs = now();
    last = looked;
    const safe = await askSafe?.(sinceMs);
    if (askSafe === undefined) {
      const isSettled = now() >= sinceMs + SETTLED_UNTOLD_MS;
      return { isInPlace: isSettled, isSettled };
    }
    if (safe === false) sinceMs = now();
    return { isInPlace: safe === true, isSettled: safe === true && now() >= sinceMs + SETTLED_MS };
  };
}
