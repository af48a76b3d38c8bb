import { escapeHtml } from '../../../services/shared/message/printable.ts';
import type { Event } from '../history/history.ts';
import { groupByWindow, type WindowTraffic } from '../history/window-traffic.ts';
import type { Verdict } from '../rules/checker.ts';
import type { Violation } from '../rules/violation.ts';
import { REPORT_STYLE } from './report-style.ts';
import { COLUMNS } from './table.ts';
import { renderTimeline } from './timeline.ts';

interface Report {
  readonly title: string;
  /** What to run to get the same again. */
  readonly command: string;
  readonly seed: number;
  /** What it ran on, in words. */
  readonly machine: string;
  /** What Porcupine said, in a few words. */
  readonly linearizability: string;
  readonly events: readonly Event[];
  readonly verdict: Verdict;
}

/** A report as one HTML file that needs nothing else: the table, what was violated, and a picture of each window. */
export function renderReport(report: Report): string {
  const { title, command, seed, machine, linearizability, events, verdict } = report;
  const { traffic } = groupByWindow(events);
  const { violations } = verdict;
  const requests = traffic.reduce((sum, { posts, gets }) => sum + posts.length + gets.length, 0);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p class="verdict ${verdict.passed ? 'good' : 'bad'}">${escapeHtml(summaryOf(verdict))}</p>
<dl>
<dt>The same again</dt><dd><code>${escapeHtml(command)}</code></dd>
<dt>Seed</dt><dd>${seed}</dd>
<dt>Machine</dt><dd>${escapeHtml(machine)}</dd>
<dt>Requests</dt><dd>${requests.toLocaleString('en-US')} in ${traffic.length} windows</dd>
<dt>By Porcupine</dt><dd>${escapeHtml(linearizability)}</dd>
</dl>
</header>
${violations.length === 0 ? '' : `<section>\n<h2>Violations</h2>\n${renderViolations(violations)}\n</section>`}
<section>
<h2>Every fault</h2>
${renderTable(verdict)}
</section>
<section>
<h2>Timelines</h2>
${traffic.map((each, at) => renderWindow(each, at, verdict)).join('\n')}
</section>
</body>
</html>
`;
}

function summaryOf({ violations, passed }: Verdict): string {
  if (passed) return 'Passed: nothing was violated.';
  const ofTimes = violations.filter(({ timing }) => timing).length;
  return `Not passed. Violations: ${violations.length - ofTimes} of what was promised, ${ofTimes} of times.`;
}

function renderViolations(violations: readonly Violation[]): string {
  const items = violations.map(
    ({ window, seed, rule, detail, timing }) =>
      `<li><b>${escapeHtml(window)}</b> (seed ${seed}), ${escapeHtml(rule)}${timing ? ' (time)' : ''}: ${escapeHtml(detail)}</li>`,
  );
  return `<ul class="violations">\n${items.join('\n')}\n</ul>`;
}

function renderTable({ rows }: Verdict): string {
  const heads = COLUMNS.map(({ title, isText }) => `<th${isText ? '' : ' class="figure"'}>${escapeHtml(title)}</th>`);
  const lines = rows.map((row, at) => {
    const [name = '', ...rest] = COLUMNS.map(({ show }) => escapeHtml(show(row)));
    const cells = rest.map((text, index) => `<td${COLUMNS[index + 1]?.isText ? '' : ' class="figure"'}>${text}</td>`);
    const isBad = row.broken.length + row.brokenTimes.length > 0;
    return `<tr${isBad ? ' class="bad"' : ''}><td><a href="#window-${at}">${name}</a></td>${cells.join('')}</tr>`;
  });
  return `<div class="wide"><table>
<thead><tr>${heads.join('')}</tr></thead>
<tbody>
${lines.join('\n')}
</tbody>
</table></div>
<p class="note">Times are in ms where the column says nothing else; percentiles are of POSTs; “none” is a request without a whole answer.</p>`;
}

function renderWindow(traffic: WindowTraffic, at: number, { rows }: Verdict): string {
  const { window } = traffic;
  const { broken = [], brokenTimes = [] } = rows[at] ?? {};
  const rules = [...broken, ...brokenTimes.map((rule) => `${rule} (time)`)];
  const checks = (window.checks ?? []).map(
    ({ what, held, found }) => `<li>${held ? 'held' : '<b>did not hold</b>'}: ${escapeHtml(`${what}: ${found}`)}</li>`,
  );
  return `<figure id="window-${at}">
<figcaption><h3>${escapeHtml(window.name)} <small>seed ${window.seed}</small></h3></figcaption>
${rules.length === 0 ? '' : `<p class="broken"><b>broken:</b> ${escapeHtml(rules.join(', '))}</p>`}
${LEGEND}
${renderTimeline(traffic)}
${checks.length === 0 ? '' : `<ul class="checks">${checks.join('')}</ul>`}
</figure>`;
}

const LEGEND = `<p class="legend"><span class="k-stored">stored</span> <span class="k-failed">failed</span>
<span class="k-p50">p50</span> <span class="k-p99">p99</span> <span class="k-spread">up to the slowest POST</span>
<span class="k-get">slowest GET</span> <span class="k-failed-post">slowest failed POST</span>
<span class="k-fault">fault</span> <span class="k-ready">ready again</span></p>`;
