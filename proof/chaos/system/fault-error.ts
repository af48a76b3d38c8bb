/** Thrown when a fault did not happen as it should: a pause that did not pause must not count as survived. */
export class FaultDidNotHappen extends Error {}

/** Throws a FaultDidNotHappen unless something holds. */
export function mustHappen(held: boolean, what: string): void {
  if (!held) throw new FaultDidNotHappen(what);
}
