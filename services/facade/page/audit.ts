/** What was acknowledged, to be looked up in the map again and again. */
export interface Audit {
  add(UUID: string): void;
  /**
   * Looks up the UUIDs that have their turn: those not found last time, and the next ones. All are looked up anew some time after
   * the last one, and when other members are there. Without members nobody could tell.
   */
  lookUp(members: readonly string[] | undefined): Promise<void>;
  state(): { readonly kept: number; readonly checked: number; readonly missing: number };
}

interface Options {
  /** Gives those of some UUIDs that are not in the map. */
  readonly findMissing: (UUIDs: readonly string[]) => Promise<readonly string[]>;
  /** Gives milliseconds. */
  readonly now: () => number;
}

/** About 20 MB. Beyond that the oldest are not looked up any more. */
const MAX_KEPT = 200_000;
const DROP_STEP = 20_000;
const AT_A_TIME = 2_000;
const AGAIN_MS = 10_000;

/**
 * Creates the audit. A message counts as missing when it was not found twice: a moment after a member has left, a part of the
 * cluster that does not count may have answered.
 */
export function createAudit({ findMissing, now }: Options): Audit {
  let UUIDs: string[] = [];
  let checked = 0;
  let begunMs = 0;
  let lastMembers = '';
  /** How often in a row each was not found. */
  const suspects = new Map<string, number>();

  return {
    add(UUID) {
      UUIDs.push(UUID);
      if (UUIDs.length < MAX_KEPT + DROP_STEP) return;
      UUIDs = UUIDs.slice(DROP_STEP);
      checked = Math.max(0, checked - DROP_STEP);
    },
    async lookUp(members) {
      const names = `${members}`;
      if (names !== lastMembers || (checked === UUIDs.length && now() > begunMs + AGAIN_MS)) {
        checked = 0;
        begunMs = now();
      }
      lastMembers = names;
      const due = [...suspects.keys()].slice(0, AT_A_TIME);
      const next = UUIDs.slice(checked, checked + AT_A_TIME - due.length);
      const looked = new Set([...due, ...next]);
      if (members === undefined || looked.size === 0) return;
      const missing = await findMissing([...looked]).catch(() => undefined);
      if (missing === undefined) return;
      checked = Math.min(checked + next.length, UUIDs.length);
      const gone = new Set(missing);
      for (const UUID of looked) {
        if (gone.has(UUID)) suspects.set(UUID, (suspects.get(UUID) ?? 0) + 1);
        else suspects.delete(UUID);
      }
    },
    state: () => ({
      kept: UUIDs.length,
      checked,
      missing: [...suspects.values()].filter((times) => times > 1).length,
    }),
  };
}
