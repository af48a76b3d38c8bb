import type { SystemRuntime } from '../system/runtime.ts';
import { ANSWER_FAULTS } from './answer-faults.ts';
import { CLOCK_FAULTS } from './clock-faults.ts';
import { CONTAINER_FAULTS } from './container-faults.ts';
import { DURABLE_FAULTS } from './durable-faults.ts';
import type { Fault } from './fault.ts';
import { launchedOnly } from './launched-only.ts';
import { LOG_FAULTS } from './log-faults.ts';
import { LOGGER_FAULTS } from './logger-faults.ts';
import { MEMBER_FAULTS } from './member-faults.ts';
import { NETWORK_FAULTS } from './network-faults.ts';
import { NO_FAULT } from './no-fault.ts';
import { QUORUM_FAULTS } from './quorum-faults.ts';
import { SCENARIO_FAULTS } from './scenario-faults.ts';
import { SERVICE_FAULTS } from './service-faults.ts';

/** Everything that can be made to happen. */
export const FAULTS: readonly Fault[] = [
  NO_FAULT,
  ...LOGGER_FAULTS,
  ...MEMBER_FAULTS,
  ...QUORUM_FAULTS,
  ...SERVICE_FAULTS,
  ...launchedOnly(ANSWER_FAULTS),
  ...NETWORK_FAULTS,
  ...CONTAINER_FAULTS,
  ...launchedOnly(LOG_FAULTS),
  ...launchedOnly(CLOCK_FAULTS),
  ...launchedOnly(DURABLE_FAULTS),
  ...launchedOnly(SCENARIO_FAULTS),
];

/** Sorts faults into those that can be made here and, with the reasons, those that cannot. */
export async function sortByPossible(
  faults: readonly Fault[],
  runtime: SystemRuntime,
): Promise<{ readonly possible: readonly Fault[]; readonly leftOut: readonly { name: string; reason: string }[] }> {
  const reasons = await Promise.all(faults.map(({ impossible }) => impossible?.(runtime)));
  return {
    possible: faults.filter((_, index) => reasons[index] === undefined),
    leftOut: faults.flatMap(({ name }, index) => {
      const reason = reasons[index];
      return reason === undefined ? [] : [{ name, reason }];
    }),
  };
}
