/** What was acknowledged, to be looked up in the map again and again. */
export interface Audit {
  add(UUID: string): void;
  /** The UUIDs to look up now: those not found last time, and the next ones that have their turn. */
  next(count: number): readonly string[];
  /** Notes which of those that were looked up are not there. */
  note(looked: readonly string[], missing: readonly string[]): void;
  /** Has everything looked up anew. */
  restart(): void;
  clear(): void;
  state(): { readonly kept: number; readonly checked: number; readonly missing: number };
}

/** About 20 MB. Beyond that the oldest are not looked up any more. */
const MAX_KEPT = 200_000;
const DROP_STEP = 20_000;

/**
 * Creates the audit. A message counts as missing when it was not found twice: a moment after a member has left, a part of the
 * cluster that does not count may have answered.
 */
export function createAudit(): Audit {
  let UUIDs: string[] = [];
  let checked = 0;
  /** How often in a row each was not found. */
  const suspects = new Map<string, number>();

  return {
    add(UUID) {
      UUIDs.push(UUID);
      if (UUIDs.length < MAX_KEPT + DROP_STEP) return;
      UUIDs = UUIDs.slice(DROP_STEP);
      checked = Math.max(0, checked - DROP_STEP);
    },
    next(count) {
      const due = [...suspects.keys()].slice(0, count);
      return [...due, ...UUIDs.slice(checked, checked + count - due.length)];
    },
    note(looked, missing) {
      const gone = new Set(missing);
      const isNew = looked.filter((UUID) => !suspects.has(UUID)).length;
      checked = Math.min(checked + isNew, UUIDs.length);
      for (const UUID of looked) {
        if (gone.has(UUID)) suspects.set(UUID, (suspects.get(UUID) ?? 0) + 1);
        else suspects.delete(UUID);
      }
    },
    restart() {
      checked = 0;
    },
    clear() {
      UUIDs = [];
      checked = 0;
      suspects.clear();
    },
    state: () => ({
      kept: UUIDs.length,
      checked,
      missing: [...suspects.values()].filter((times) => times > 1).length,
    }),
  };
}
