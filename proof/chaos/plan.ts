import { createRandom } from '../random.ts';
import type { Fault } from './faults/fault.ts';
import { FAULTS } from './faults/faults.ts';
import { createMixedFault } from './faults/mixed-fault.ts';
import type { Options } from './options.ts';
import type { Planned } from './session.ts';
import type { SystemRuntime } from './system/runtime.ts';

const MIXED_SECONDS = 30;

/** The faults that are asked for; all of them if none is, and no mixed run either. */
export function faultsFor({ faults, mixed }: Options): readonly Fault[] {
  if (faults.length > 0) return faults.flatMap((wanted) => FAULTS.filter(({ name }) => name === wanted));
  return mixed > 0 ? [] : FAULTS.filter(({ onRequest }) => !onRequest);
}

/** The order in which faults are made, drawn from the seed; then the mixed runs. */
export function planFor({ seed, repeat, mixed, seconds }: Options, faults: readonly Fault[]): readonly Planned[] {
  const seeds = (count: number) => Array.from({ length: count }, (_, index) => seed + index);
  const mixedSeconds = seconds || MIXED_SECONDS;
  return [
    ...seeds(repeat).flatMap((each) =>
      createRandom(each)
        .shuffle(faults)
        .map((fault) => ({ fault, seed: each, seconds })),
    ),
    ...seeds(mixed).map((each) => ({ fault: createMixedFault(each, mixedSeconds), seed: each, seconds: mixedSeconds })),
  ];
}

/** The command that does the same again. */
export function commandFor(options: Options, runtime: SystemRuntime): string {
  const { seed, faults, seconds, rate, repeat, facades, mixed, times } = options;
  const parts = [
    `npm run chaos -- --seed ${seed} --runtime ${runtime} --rate ${rate}`,
    ...(faults.length > 0 ? [`--faults ${faults.join()}`] : []),
    ...(seconds > 0 ? [`--seconds ${seconds}`] : []),
    ...(repeat > 1 ? [`--repeat ${repeat}`] : []),
    ...(facades > 1 ? [`--facades ${facades}`] : []),
    ...(mixed > 0 ? [`--mixed ${mixed}`] : []),
    ...(times ? [] : ['--no-times']),
  ];
  return parts.join(' ');
}
