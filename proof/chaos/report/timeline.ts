import { escapeHtml } from '../../../services/shared/message/printable.ts';
import type { WindowTraffic } from '../history/window-traffic.ts';
import { linearScale, type Scale, ticksWithin } from './axis.ts';
import { bucketsOf } from './buckets.ts';
import { drawLatency } from './latency-panel.ts';
import { coordinate, type Frame, label, path } from './svg.ts';
import { drawThroughput } from './throughput-panel.ts';

const WIDTH = 960;
const HEIGHT = 340;
// Above the upper panel there are two lines of labels, below the lower one the seconds.
const UPPER: Frame = { left: 74, right: WIDTH - 14, top: 38, bottom: 138 };
const LOWER: Frame = { ...UPPER, top: 162, bottom: HEIGHT - 40 };

/** How a timeline is drawn; the colours are variables of the page. */
export const TIMELINE_STYLE = `
.timeline { display: block; width: 100%; height: auto; font-size: 12px; }
.timeline text { fill: var(--soft); }
.timeline path { fill: none; }
.timeline .grid { stroke: var(--line); }
.timeline .fault { fill: var(--fault); }
.timeline .edge { stroke: var(--edge); }
.timeline .ready { stroke: var(--ready); stroke-width: 1.5; stroke-dasharray: 5 3; }
.timeline .bar { stroke: var(--failed); stroke-dasharray: 2 4; }
.timeline .stored { fill: var(--stored-soft); stroke: var(--stored); stroke-width: 1.2; }
.timeline .failed { fill: var(--failed); }
.timeline .spread { stroke: var(--stored-soft); }
.timeline .p99 { stroke: var(--stored); stroke-width: 1.2; }
.timeline .p50 { stroke: var(--stored); stroke-width: 2.6; }
.timeline .dots { stroke-linecap: round; }
.timeline .get { stroke: var(--get); }
.timeline .failed-post { stroke: var(--failed); }
`;

/** A picture of one window as SVG: throughput above, latency below, over the same seconds. */
export function renderTimeline(traffic: WindowTraffic): string {
  const { window } = traffic;
  const lengthMs = Math.max(1, window.endMs - window.startMs);
  const x = linearScale(lengthMs, UPPER.left, UPPER.right);
  const buckets = bucketsOf(traffic);
  const seconds = ticksWithin(window.startMs / 1000, (window.startMs + lengthMs) / 1000, 12);
  const title = `Throughput and latency of ${window.name} over ${Math.round(lengthMs / 1000)} seconds`;
  return [
    `<svg class="timeline" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)}">`,
    shadeFault(traffic, x),
    drawThroughput(buckets, UPPER, x),
    drawLatency(buckets, LOWER, x, window.bars.slowestPostMs),
    ...seconds.map((tick) =>
      label(x(tick * 1000 - window.startMs), LOWER.bottom + 17, tick.toLocaleString('en-US'), 'middle'),
    ),
    label((LOWER.left + LOWER.right) / 2, HEIGHT - 5, 'seconds since the run began', 'middle'),
    drawMarks(traffic, x),
    '</svg>',
  ].join('\n');
}

function shadeFault({ window }: WindowTraffic, x: Scale): string {
  const left = x(window.injectedMs - window.startMs);
  const width = Math.max(1, x(window.healedMs - window.startMs) - left);
  const across = `x="${coordinate(left)}" width="${coordinate(width)}"`;
  return [UPPER, LOWER]
    .map(({ top, bottom }) => `<rect class="fault" ${across} y="${top}" height="${bottom - top}"/>`)
    .join('');
}

function drawMarks({ window: { startMs, injectedMs, healedMs, readyMs } }: WindowTraffic, x: Scale): string {
  const inSeconds = (ms: number) => (ms / 1000).toFixed(1);
  const vertical = (ms: number) =>
    [UPPER, LOWER].map(({ top, bottom }) => `M${coordinate(x(ms - startMs))} ${top}V${bottom}`).join('');
  const beside = (ms: number, y: number, text: string) => {
    const at = x(ms - startMs);
    return at > WIDTH * 0.7 ? label(at, y, text, 'end') : label(at, y, text);
  };
  return [
    path('edge', vertical(injectedMs) + vertical(healedMs)),
    beside(injectedMs, UPPER.top - 23, `fault injected, healed ${inSeconds(healedMs - injectedMs)} s later`),
    readyMs === undefined
      ? beside(healedMs, UPPER.top - 7, 'never ready again')
      : path('ready', vertical(readyMs)) +
        beside(readyMs, UPPER.top - 7, `ready again ${inSeconds(readyMs - healedMs)} s after healing`),
  ].join('');
}
