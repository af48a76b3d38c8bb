/** Maps values to coordinates. */
export type Scale = (value: number) => number;

/** A linear scale from [0, most] to [from, to]. */
export function linearScale(most: number, from: number, to: number): Scale {
  return (value) => from + (value / most) * (to - from);
}

/** A logarithmic scale from [least, most] to [from, to]; values below `least` are drawn as that. */
export function logScale(least: number, most: number, from: number, to: number): Scale {
  return (value) => from + (Math.log(Math.max(value, least) / least) / Math.log(most / least)) * (to - from);
}

/** Round values from 0 up to at least `most`, about `count` steps of them. */
export function ticksUpTo(most: number, count: number): readonly number[] {
  const step = roundStep(most, count);
  return Array.from({ length: Math.ceil(Math.max(most, 1) / step) + 1 }, (_, at) => at * step);
}

/** Round values within [from, to], about `count` of them. */
export function ticksWithin(from: number, to: number, count: number): readonly number[] {
  const step = roundStep(to - from, count);
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, at) => (first + at) * step);
}

function roundStep(most: number, count: number): number {
  const rough = Math.max(most, 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
}

/** Powers of ten from `least` up to at least `most`. */
export function decades(least: number, most: number): readonly number[] {
  const ticks = [least];
  for (let tick = least; tick < most; ) {
    tick *= 10;
    ticks.push(tick);
  }
  return ticks;
}
