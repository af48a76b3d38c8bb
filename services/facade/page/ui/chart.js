import { find, setText } from './element.js';
import { span, whole } from './figures.js';

const SECONDS = 180;
const HEIGHT = 40;

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
  setText(find('#latency'), count > 0 ? `${span(p99Ms)} (half of them: ${span(p50Ms)})` : '–');
  bars(find('#rate-chart'), 'count', 'Messages a second', whole);
  bars(find('#latency-chart'), 'p99Ms', 'Time to acknowledge, the slowest of a hundred', span);
}

function bars(svg, name, title, write) {
  const most = Math.max(1, ...seconds.map((second) => second[name]));
  const from = SECONDS - seconds.length;
  const parts = seconds.map((second, index) => {
    const height = (HEIGHT * second[name]) / most;
    return height > 0 ? `M${from + index} ${HEIGHT}v${-height.toFixed(2)}h.85v${height.toFixed(2)}z` : '';
  });
  let path = svg.querySelector('path');
  if (path === null) {
    path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    svg.append(path);
  }
  path.setAttribute('d', parts.join(''));
  svg.setAttribute('aria-label', `${title}, the last ${seconds.length} seconds: at most ${write(most)}`);
}
