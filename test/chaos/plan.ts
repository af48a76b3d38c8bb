import type { Runtime } from '../launched.ts';
import type { Fault } from './fault.ts';
import { FAULTS } from './faults.ts';
import { createMixedFault } from './mixed.ts';
import type { Options } from './options.ts';
import { createRandom } from './random.ts';
import type { Planned } from './session.ts';

const MIXED_SECONDS = 30;

/** The faults that are asked for; all of them if none is, and no mixed run either. */
export function faultsFor({ faults, mixed }: Options): readonly Fault[] {
  if (faults.length > 0) return faults.flatMap((wanted) => FAULTS.filter(({ name }) => name === wanted));
  return mixed > 0 ? [] : FAULTS.filter(({ onRequest }) => !onRequest);
}

/** The order in which faults are made, drawn from the seed; then the mixed runs. */
export function planFor({ seed, mixed, seconds }: Options, faults: readonly Fault[]): readonly Planned[] {
  const seeds = Array.from({ length: mixed }, (_, index) => seed + index);
  const mixedSeconds = seconds || MIXED_SECONDS;
  return [
    ...createRandom(seed)
      .shuffle(faults)
      .map((fault) => ({ fault, seed, seconds })),
    ...seeds.map((each) => ({ fault: createMixedFault(each, mixedSeconds), seed: each, seconds: mixedSeconds })),
  ];
}

/** The command that does the same again. */
export function commandFor({ seed, faults, seconds, rate, mixed, times }: Options, runtime: Runtime): string {
  const parts = [
    `npm run chaos -- --seed ${seed} --runtime ${runtime} --rate ${rate}`,
    ...(faults.length > 0 ? [`--faults ${faults.join()}`] : []),
    ...(seconds > 0 ? [`--seconds ${seconds}`] : []),
    ...(mixed > 0 ? [`--mixed ${mixed}`] : []),
    ...(times ? [] : ['--no-times']),
  ];
  return parts.join(' ');
}
