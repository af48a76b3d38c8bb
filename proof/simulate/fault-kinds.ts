import { MEMBER_FAULTS } from './member-faults.ts';
import { NETWORK_FAULTS } from './network-faults.ts';
import { SERVICE_FAULTS } from './service-faults.ts';

/** All kinds of faults. */
export const KINDS = { ...MEMBER_FAULTS, ...NETWORK_FAULTS, ...SERVICE_FAULTS } as const;

/** The name of a kind. */
export type FaultKind = keyof typeof KINDS;
