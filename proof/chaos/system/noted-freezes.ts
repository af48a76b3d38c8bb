import { FACADES, type Facade, isFacade } from './parts.ts';
import type { System } from './system.ts';

/** From when to when a facade was stopped, and which, from 1. */
export type Frozen = readonly [fromMs: number, toMs: number, facade: number];

/** The same system; it notes from when to when a facade is stopped. */
export function notingFreezes(system: System, now: () => number, note: (frozen: Frozen) => void): System {
  const fromMs = new Map<Facade, number>();
  return {
    ...system,
    async freeze(part) {
      if (isFacade(part)) fromMs.set(part, now());
      await system.freeze(part);
    },
    async resume(part) {
      await system.resume(part);
      if (isFacade(part)) note([fromMs.get(part) ?? 0, now(), FACADES.indexOf(part) + 1]);
    },
  };
}
