import type { Fault } from './fault.ts';
import { held } from './hit.ts';

const HOLD_MS = 5_000;
const nothing = async () => {};

/** What comes first on every new system: it warms up, and shows what all is like without a fault. */
export const NO_FAULT: Fault = {
  name: 'no-fault',
  summary: 'nothing happens (runs first on every new system)',
  bars: { failed: 0 },
  onRequest: true,
  run: held(HOLD_MS, () => ({ make: nothing, mend: nothing })),
};
