import type { Fault } from './fault.ts';

/**
 * Faults whose doing is another file's: a burst, bad input, slow connections, memory that fills. Each calls `injected`,
 * runs its scenario against `stage.system.url` (not the callers' proxy), calls `healed`, and gives its checks back.
 */
export const SCENARIO_FAULTS: readonly Fault[] = [];
