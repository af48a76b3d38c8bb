import type { Bars } from '../history/history.ts';
import { type Fault, held } from './fault.ts';

/** Nothing depends on the messages service. */
const MESSAGES: Bars = { failed: 0 };
/** Callers without a UUID of their own cannot send again. */
const FACADE: Bars = {};

type Service = 'facade' | 'messages';

const ended = (service: Service, how: 'kill' | 'terminate', holdMs: number) =>
  held(holdMs, ({ system }) => ({ make: () => system[how](service), mend: () => system.start(service) }));

const frozen = (service: Service, holdMs: number) =>
  held(holdMs, ({ system }) => ({ make: () => system.freeze(service), mend: () => system.resume(service) }));

/** What can happen to a service that is called `spoken` in words, and stays away for `awayMs` when it has ended. */
const faultsOf = (service: Service, spoken: string, bars: Bars, awayMs: number): readonly Fault[] => [
  {
    name: `kill-${service}`,
    summary: `${spoken} is killed, and started again`,
    bars,
    run: ended(service, 'kill', awayMs),
  },
  {
    name: `stop-${service}`,
    summary: `${spoken} is terminated, and started again`,
    bars,
    run: ended(service, 'terminate', awayMs),
  },
  {
    name: `restart-${service}`,
    summary: `${spoken} is terminated and started again at once`,
    bars,
    run: ended(service, 'terminate', 0),
  },
  ...[3, 8, 30].map((seconds) => ({
    name: `freeze-${service}-${seconds}s`,
    summary: `${spoken} is stopped for ${seconds} s`,
    bars,
    run: frozen(service, 1_000 * seconds),
  })),
];

/** What can happen to the facade and the messages service. */
export const SERVICE_FAULTS: readonly Fault[] = [
  ...faultsOf('messages', 'the messages service', MESSAGES, 4_000),
  ...faultsOf('facade', 'the facade', FACADE, 1_500),
];
