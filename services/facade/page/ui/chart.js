import { find, setText, shape } from './element.js';
import { span, whole } from './figures.js';

const SECONDS = 180;
const HEIGHT = 40;
/** The scale of a chart ends at one of these, or at ten times as much, and so on. */
const STEPS = [1, 2, 5];
/** It ends at this or above: one message, or one millisecond, must not fill it. */
const LEAST = 10;

let seconds = [];

/** Begins with the seconds that the facade has kept. */
export function beginChart(kept) {
  seconds = kept.slice(-SECONDS);
  draw();
}

/** Adds the seconds that have passed since. */
export function extendChart(passed) {
  const last = seconds.at(-1)?.second ?? 0;
  seconds = [...seconds, ...passed.filter(({ second }) => second > last)].slice(-SECONDS);
  if (passed.length > 0) draw();
}

function draw() {
  const { count = 0, p50Ms = 0, p99Ms = 0 } = seconds.at(-1) ?? {};
  setText(find('#rate'), whole(count));
  setText(find('#p99'), count > 0 ? span(p99Ms) : '–');
  setText(find('#p50'), count > 0 ? span(p50Ms) : '–');
  bars(find('#rate-chart'), ['count'], { title: 'Messages acknowledged a second', write: whole });
  bars(find('#latency-chart'), ['p99Ms', 'p50Ms'], { title: 'Time until acknowledged, p99', write: span });
}

/** Draws the figures of each second over each other: the largest first. */
function bars(chart, names, { title, write }) {
  const most = Math.max(0, ...seconds.map((second) => second[names[0]]));
  const top = endOfScale(Math.max(LEAST, most));
  const from = SECONDS - seconds.length;
  const svg = chart.querySelector('svg');
  if (svg.firstChild === null) svg.append(...names.map((name) => shape('path', { class: name })));
  names.forEach((name, at) => {
    const parts = seconds.map((second, index) => {
      const height = (HEIGHT * second[name]) / top;
      return height > 0 ? `M${from + index} ${HEIGHT}v${-height.toFixed(2)}h.85v${height.toFixed(2)}z` : '';
    });
    svg.children[at].setAttribute('d', parts.join(''));
  });
  setText(chart.querySelector('.most'), write(top));
  setText(chart.querySelector('.half'), write(top / 2));
  svg.setAttribute('aria-label', `${title}, in the last three minutes: at most ${write(most)}`);
}

/** The smallest round number that is not below another. */
function endOfScale(most) {
  const power = 10 ** Math.floor(Math.log10(most));
  return power * (STEPS.find((step) => power * step >= most) ?? 10);
}
