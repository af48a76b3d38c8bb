import { type Fault, held } from './fault.ts';
import type { Bars } from './history.ts';

/** Nothing depends on the messages service. */
const MESSAGES: Bars = { failed: 0 };
/** Callers without a UUID of their own cannot send again. */
const FACADE: Bars = {};

const ended = (service: 'facade' | 'messages', how: 'kill' | 'terminate', holdMs: number) =>
  held(holdMs, ({ system }) => ({ make: () => system[how](service), mend: () => system.start(service) }));

const frozen = (service: 'facade' | 'messages', holdMs: number) =>
  held(holdMs, ({ system }) => ({ make: () => system.freeze(service), mend: () => system.resume(service) }));

/** What can happen to the facade and the messages service. */
export const SERVICE_FAULTS: readonly Fault[] = [
  {
    name: 'kill-messages',
    summary: 'the messages service is killed',
    bars: MESSAGES,
    run: ended('messages', 'kill', 4_000),
  },
  {
    name: 'stop-messages',
    summary: 'the messages service is terminated',
    bars: MESSAGES,
    run: ended('messages', 'terminate', 4_000),
  },
  {
    name: 'restart-messages',
    summary: 'the messages service is terminated and started again at once',
    bars: MESSAGES,
    run: ended('messages', 'terminate', 0),
  },
  ...[3, 8, 30].map((seconds) => ({
    name: `freeze-messages-${seconds}s`,
    summary: `the messages service is stopped for ${seconds} s`,
    bars: MESSAGES,
    run: frozen('messages', 1_000 * seconds),
  })),
  {
    name: 'kill-facade',
    summary: 'the facade is killed, and started again',
    bars: FACADE,
    run: ended('facade', 'kill', 1_500),
  },
  {
    name: 'stop-facade',
    summary: 'the facade is terminated, and started again',
    bars: FACADE,
    run: ended('facade', 'terminate', 1_500),
  },
  {
    name: 'restart-facade',
    summary: 'the facade is terminated and started again at once',
    bars: FACADE,
    run: ended('facade', 'terminate', 0),
  },
  ...[3, 8, 30].map((seconds) => ({
    name: `freeze-facade-${seconds}s`,
    summary: `the facade is stopped for ${seconds} s`,
    bars: FACADE,
    run: frozen('facade', 1_000 * seconds),
  })),
];
