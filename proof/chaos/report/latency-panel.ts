import { decades, logScale, type Scale } from './axis.ts';
import type { Bucket } from './buckets.ts';
import { axisTitle, coordinate, type Frame, label, path } from './svg.ts';

const LEAST_MS = 1;

/** Draws how long requests took, on a logarithmic scale, and the most that a POST may take, if there is such a bar. */
export function drawLatency(buckets: readonly Bucket[], frame: Frame, x: Scale, barMs: number | undefined): string {
  const { left, right, top, bottom } = frame;
  const all = buckets.flatMap(({ slowestMs, slowestGetMs }) => [slowestMs || 0, slowestGetMs || 0]);
  const ticks = decades(LEAST_MS, Math.max(100, barMs ?? 0, ...all));
  const y = logScale(LEAST_MS, ticks.at(-1) ?? 1, bottom, top);
  const width = x(buckets[0]?.toMs ?? 0) - left;
  const each = (pick: (bucket: Bucket) => number, draw: (from: number, y: number, bucket: Bucket) => string) =>
    buckets
      .filter((bucket) => !Number.isNaN(pick(bucket)))
      .map((bucket) => draw(x(bucket.fromMs), y(pick(bucket)), bucket))
      .join('');
  const steps = (from: number, at: number) =>
    `M${coordinate(from)} ${coordinate(at)}H${coordinate(Math.min(from + width, right))}`;
  const dots = (from: number, at: number) => `M${coordinate(from + width / 2)} ${coordinate(at)}h0`;
  const dotSize = `stroke-width="${coordinate(Math.min(4.4, Math.max(2, width * 0.7)))}"`;
  const spread = each(
    ({ slowestMs }) => slowestMs,
    (from, at, { p50Ms }) => `M${coordinate(from + width / 2)} ${coordinate(y(p50Ms))}V${coordinate(at)}`,
  );
  return [
    path('grid', ticks.map((tick) => `M${left} ${coordinate(y(tick))}H${right}`).join('')),
    ...ticks.map((tick) => label(left - 8, y(tick) + 4, tick < 1000 ? `${tick} ms` : `${tick / 1000} s`, 'end')),
    axisTitle(14, (top + bottom) / 2, 'latency, log scale'),
    path('spread', spread, `stroke-width="${coordinate(Math.max(0.6, width - 0.4))}"`),
    path(
      'p99',
      each(({ p99Ms }) => p99Ms, steps),
    ),
    path(
      'p50',
      each(({ p50Ms }) => p50Ms, steps),
    ),
    path(
      'dots get',
      each(({ slowestGetMs }) => slowestGetMs, dots),
      dotSize,
    ),
    path(
      'dots failed-post',
      each(({ slowestFailedMs }) => slowestFailedMs, dots),
      dotSize,
    ),
    barMs === undefined
      ? ''
      : path('bar', `M${left} ${coordinate(y(barMs))}H${right}`) +
        label(right, y(barMs) - 4, `a POST may take at most ${barMs.toLocaleString('en-US')} ms`, 'end'),
  ].join('');
}
