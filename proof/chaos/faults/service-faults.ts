import type { Bars } from '../history/history.ts';
import type { Fault } from './fault.ts';
import { held, hitParts } from './hit.ts';

/** Nothing depends on the messages service. */
const MESSAGES: Bars = { failed: 0 };
/** Callers without a UUID of their own cannot send again. */
const FACADE: Bars = {};

type Service = 'facade' | 'messages';

const hit = (service: Service, how: 'kill' | 'terminate' | 'freeze', holdMs: number) =>
  held(holdMs, (stage) => hitParts(stage, how, [service]));

/** What can happen to a service that is called `spoken` in words, and stays away for `awayMs` when it has ended. */
const faultsOf = (service: Service, spoken: string, bars: Bars, awayMs: number): readonly Fault[] => [
  {
    name: `kill-${service}`,
    summary: `${spoken} is killed, and started again`,
    bars,
    run: hit(service, 'kill', awayMs),
  },
  {
    name: `stop-${service}`,
    summary: `${spoken} is terminated, and started again`,
    bars,
    run: hit(service, 'terminate', awayMs),
  },
  {
    name: `restart-${service}`,
    summary: `${spoken} is terminated and started again at once`,
    bars,
    run: hit(service, 'terminate', 0),
  },
  ...[3, 8, 30].map((seconds) => ({
    name: `freeze-${service}-${seconds}s`,
    summary: `${spoken} is stopped for ${seconds} s`,
    bars,
    run: hit(service, 'freeze', 1_000 * seconds),
  })),
];

/** What can happen to the facade and the messages service. */
export const SERVICE_FAULTS: readonly Fault[] = [
  ...faultsOf('messages', 'the messages service', MESSAGES, 4_000),
  ...faultsOf('facade', 'the facade', FACADE, 1_500),
];
