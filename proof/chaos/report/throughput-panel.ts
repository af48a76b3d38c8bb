import { linearScale, type Scale, ticksUpTo } from './axis.ts';
import type { Bucket } from './buckets.ts';
import { axisTitle, coordinate, type Frame, label, path } from './svg.ts';

/** Draws how many POSTs a second were stored, and how many failed. */
export function drawThroughput(buckets: readonly Bucket[], { left, right, top, bottom }: Frame, x: Scale): string {
  const peak = Math.max(...buckets.flatMap(({ stored, failed }) => [stored, failed]));
  const ticks = ticksUpTo(Math.min(peak, cutAbove(buckets)), 4);
  const most = ticks.at(-1) ?? 1;
  const y = linearScale(most, bottom, top);
  const area = (pick: (bucket: Bucket) => number) => {
    const steps = buckets.map((bucket) => {
      const height = coordinate(y(Math.min(pick(bucket), most)));
      return `V${height}H${coordinate(Math.min(x(bucket.toMs), right))}`;
    });
    return `M${left} ${bottom}${steps.join('')}V${bottom}`;
  };
  return [
    path('grid', ticks.map((tick) => `M${left} ${coordinate(y(tick))}H${right}`).join('')),
    ...ticks.map((tick) => label(left - 8, y(tick) + 4, tick.toLocaleString('en-US'), 'end')),
    axisTitle(14, (top + bottom) / 2, 'POSTs a second'),
    path(
      'stored',
      area(({ stored }) => stored),
    ),
    buckets.some(({ failed }) => failed > 0)
      ? path(
          'failed',
          area(({ failed }) => failed),
        )
      : '',
    ...buckets
      .filter(({ stored, failed }) => Math.max(stored, failed) === peak && peak > most)
      .slice(0, 1)
      .map(({ toMs }) => label(x(toMs) + 4, top + 11, `▲ up to ${peak.toLocaleString('en-US')}`)),
  ].join('');
}

/** The answers that come all at once after a pause would flatten everything else: the axis ends at three times the median. */
function cutAbove(buckets: readonly Bucket[]): number {
  const rates = buckets.map(({ stored, failed }) => Math.max(stored, failed)).filter((rate) => rate > 0);
  return 3 * (rates.sort((a, b) => a - b)[Math.floor(rates.length / 2)] ?? 0);
}
