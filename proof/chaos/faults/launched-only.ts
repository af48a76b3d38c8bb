import type { Fault } from './fault.ts';

/** Faults that need what a launch has: proxies between facade and loggers, a second facade, services that are plain processes. */
export function launchedOnly(faults: readonly Fault[]): readonly Fault[] {
  return faults.map((fault) => ({
    ...fault,
    impossible: async (runtime) =>
      runtime === 'compose'
        ? 'where all is in containers, nothing of the instrument is between facade and loggers'
        : fault.impossible?.(runtime),
  }));
}
