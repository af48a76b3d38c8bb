import type { Random } from '../random.ts';
import type { Fault, Kind } from './fault.ts';
import { type FaultKind, KINDS } from './fault-kinds.ts';

const MOST_FAULTS = 3;
const FIRST_WITHIN_MS = 12_000;
const NEXT_WITHIN_MS = 9_000;

interface Wanted {
  readonly wanted: readonly FaultKind[] | undefined;
  /** Whether those may be drawn that are known to show something. */
  readonly withOpen: boolean;
}

/** Draws the faults of a run, 1 to 3 that may overlap; or these, one after the other. */
export function drawFaults(random: Random, { wanted, withOpen }: Wanted): readonly Fault[] {
  const all = (Object.keys(KINDS) as FaultKind[]).filter((kind) => withOpen || !isOpen(KINDS[kind]));
  const bag = all.flatMap((kind) => Array.from({ length: KINDS[kind].weight }, () => kind));
  const drawn = wanted ?? Array.from({ length: random.integer(1, MOST_FAULTS) }, () => random.pick(bag));
  // With others it could not be said what is owed afterwards.
  const alone = drawn.find((kind) => isForgetting(KINDS[kind]));
  const kinds = alone === undefined ? drawn : [alone];
  let atMs = 500 + FIRST_WITHIN_MS * random.next();
  return kinds.map((kind) => {
    const [least, most] = KINDS[kind].lasts;
    // As often short as long.
    const lastsMs = least * (most / least) ** random.next();
    const known: Kind = KINDS[kind];
    const kept = { kind, losesMemory: isForgetting(known), isHidden: known.isHidden ?? false };
    const fault = { ...kept, atMs, untilMs: atMs + lastsMs, ...known.make(random) };
    atMs += NEXT_WITHIN_MS * random.next();
    return fault;
  });
}

const isOpen = (kind: Kind) => kind.isOpen === true;
const isForgetting = (kind: Kind) => kind.losesMemory === true;

/** Whether no request may fail for these faults. */
export function areHidden([fault, ...others]: readonly Fault[], isDurable: boolean): boolean {
  return others.length === 0 && (fault?.isHidden === true || (fault?.isHidden === 'in memory' && !isDurable));
}
