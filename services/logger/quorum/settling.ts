import type { Seat } from '../member/session.ts';

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

/** A merging member waits for up to 2 s from one batch of entries to the next: for a copy that does not come, looked for once a second. */
const SETTLED_MS = 3_000;
/** Where members do not tell whether their copies are in place, they have had time to put them there. */
const SETTLED_UNTOLD_MS = 10_000;

/**
 * Creates the function that tells of each look how quiet the cluster is; `now` gives milliseconds. In a cluster that counts, the size
 * grows with every message. So `isInPlace` takes no notice of the size; only `isSettled` waits until it stands still.
 */
export function createSettling(askSafe: AskSafe | undefined, now: () => number): (look: Look) => Promise<Quiet> {
  let members = '';
  let lastSize = 0;
  let sameMembersSinceMs = Number.NEGATIVE_INFINITY;
  let sameSinceMs = Number.NEGATIVE_INFINITY;
  return async ({ view, size }) => {
    const seen = view.map(({ uuid }) => uuid).join();
    if (seen !== members) sameMembersSinceMs = now();
    if (seen !== members || size !== lastSize) sameSinceMs = now();
    members = seen;
    lastSize = size;
    if (askSafe === undefined)
      return {
        isInPlace: now() >= sameMembersSinceMs + SETTLED_UNTOLD_MS,
        isSettled: now() >= sameSinceMs + SETTLED_UNTOLD_MS,
      };
    const isInPlace = await askSafe(sameMembersSinceMs);
    if (isInPlace === false) sameSinceMs = now();
    const isStill = isInPlace === true && now() >= sameSinceMs + SETTLED_MS;
    return { isInPlace: isInPlace === true, isSettled: isStill && (await askSafe(sameSinceMs)) === true };
  };
}
