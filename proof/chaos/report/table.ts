import type { Row, Statuses } from '../rules/row.ts';

interface Column {
  readonly title: string;
  readonly isText?: boolean;
  readonly show: (row: Row) => string;
}

const milliseconds = (ms: number) => Math.round(ms).toLocaleString('en-US');

/** The columns of the table, in every form of it; times are in ms where the title says nothing else. */
export const COLUMNS: readonly Column[] = [
  { title: 'fault', isText: true, show: ({ name }) => name },
  { title: 'seed', show: ({ seed }) => String(seed) },
  { title: 'requests', show: ({ requests }) => requests.toLocaleString('en-US') },
  { title: 'errors by status', isText: true, show: showErrors },
  { title: 'slowest POST', show: ({ slowestPostMs }) => milliseconds(slowestPostMs) },
  { title: 'slowest GET', show: ({ slowestGetMs }) => milliseconds(slowestGetMs) },
  {
    title: 'p50/p99/p99.9',
    show: ({ p50Ms, p99Ms, p999Ms }) => [p50Ms, p99Ms, p999Ms].map(milliseconds).join('/'),
  },
  {
    title: 's unserved POST/GET',
    show: ({ unservedPostMs, unservedGetMs }) =>
      [unservedPostMs, unservedGetMs].map((ms) => (ms / 1_000).toFixed(1)).join('/'),
  },
  { title: 'lost', show: ({ lost }) => String(lost) },
  { title: 'dup.', show: ({ duplicated }) => String(duplicated) },
  { title: 'stale', show: ({ stale }) => String(stale) },
  {
    title: 's to ready',
    show: ({ secondsUntilReady }) => (secondsUntilReady === undefined ? 'never' : secondsUntilReady.toFixed(1)),
  },
  { title: 'result', isText: true, show: showResult },
];

/** What was wrong in a window: `ok`, or how many rules were broken, those about times apart. */
function showResult({ broken, brokenTimes }: Row): string {
  if (broken.length > 0) return `${broken.length + brokenTimes.length} BROKEN`;
  return brokenTimes.length > 0 ? `${brokenTimes.length} time${brokenTimes.length > 1 ? 's' : ''}` : 'ok';
}

/** The answers that were no success: `POST 503×12, none×1; GET 503×2`. */
function showErrors({ postStatuses, getStatuses }: Row): string {
  const errors = (method: string, statuses: Statuses) => {
    const wrong = [...statuses].filter(([status]) => status < 200 || status >= 300);
    const shown = wrong.map(([status, count]) => `${status || 'none'}×${count}`).join(', ');
    return shown === '' ? [] : [`${method} ${shown}`];
  };
  return [...errors('POST', postStatuses), ...errors('GET', getStatuses)].join('; ') || '-';
}

/** The table as plain text, in aligned columns. */
export function formatTable(rows: readonly Row[]): string {
  const cells = [COLUMNS.map(({ title }) => title), ...rows.map((row) => COLUMNS.map(({ show }) => show(row)))];
  const widths = COLUMNS.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  return cells
    .map((line) => line.map((cell, at) => aligned(cell, COLUMNS[at], widths[at] ?? 0)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

function aligned(cell: string, column: Column | undefined, width: number): string {
  return column?.isText ? cell.padEnd(width) : cell.padStart(width);
}
