import { element, find, setNews, setText } from './element.js';
import { percent, whole } from './figures.js';
import { labButtons, showActions, showFailures, underWay } from './lab.js';

const LOGGER_STATES = {
  ready: ['ready', 'good'],
  waiting: ['waits for its member', 'busy'],
  frozen: ['frozen: does not answer', 'bad'],
  gone: ['gone', 'bad'],
  'not ready': ['not ready', 'busy'],
};
const MEMBER_STATES = {
  up: ['up', 'good'],
  silent: ['silent', 'busy'],
  gone: ['not in the cluster', 'bad'],
};
/** The rate is that of the last seconds. */
const RATE_MS = 3_000;

const rows = new Map();
const history = [];

/** Shows the loggers and the members. */
export function showParts({ at, loggers, members, safe, lab, layout }) {
  history.push({ at, took: new Map(loggers.map(({ name, took }) => [name, took])) });
  while (history.length > 2 && history[1].at < at - RATE_MS) history.shift();
  for (const logger of loggers) showLogger(logger, lab);
  const total = members.reduce((sum, { entries = 0 }) => sum + entries, 0);
  members.forEach((member, index) => {
    showMember(member, { index, total, lab, isKnown: layout !== null });
  });
  showFailures(lab);
  showSafety(safe, members);
}

function rowOf(name, table, { color, columns }) {
  const known = rows.get(name);
  if (known !== undefined) return known;
  const cells = columns.map((className) => element('td', { class: className }));
  const buttons = labButtons(name);
  const swatch =
    color === undefined ? [] : [element('span', { class: `swatch owner-${color}`, 'aria-hidden': 'true' })];
  const row = element('tr', { 'data-part': name }, element('th', { scope: 'row' }, ...swatch, name, buttons), ...cells);
  find(`#${table} tbody`).append(row);
  rows.set(name, { cells, buttons });
  return { cells, buttons };
}

function showLogger({ name, state, reason, took }, lab) {
  const { cells, buttons } = rowOf(name, 'loggers', { columns: ['', 'number', 'number'] });
  const [words, kind] = LOGGER_STATES[state];
  setNews(cells[0], underWay(lab, name) ?? words, kind);
  cells[0].title = reason;
  setText(cells[1], whole(took));
  setText(cells[2], whole(Math.round(rateOf(name))));
  showActions(buttons, { lab, part: name, isGone: state === 'gone' });
}

function rateOf(name) {
  const [first] = history;
  const last = history.at(-1);
  const seconds = (last.at - first.at) / 1_000;
  return seconds > 0 ? Math.max(0, (last.took.get(name) - (first.took.get(name) ?? 0)) / seconds) : 0;
}

function showMember({ name, state, entries, backups }, { index, total, lab, isKnown }) {
  const { cells, buttons } = rowOf(name, 'members', { color: index, columns: ['', 'number', 'number', 'number'] });
  const isFrozen = lab?.frozen.includes(name);
  const [words, kind] = isKnown ? MEMBER_STATES[state] : ['not known now', 'busy'];
  setNews(cells[0], underWay(lab, name) ?? (isFrozen ? 'frozen' : words), isFrozen ? 'bad' : kind);
  setText(cells[1], whole(entries));
  setText(cells[2], whole(backups));
  setText(cells[3], entries === undefined ? '–' : percent(entries, total));
  showActions(buttons, { lab, part: name, isGone: isKnown && state === 'gone' });
}

function showSafety(safe, members) {
  const foot = find('#members tfoot');
  if (foot.firstChild === null) {
    const colSpan = 5;
    foot.append(element('tr', {}, element('td', { class: 'fine', colspan: colSpan })));
  }
  const isAlone = members.filter(({ state }) => state === 'up').length === 1;
  const words = {
    true: isAlone ? 'One member is left, and has all of it.' : 'Every entry has all its copies.',
    false: 'Copies are being made: before you kill another member, wait until they are.',
    null: 'Whether every entry has all its copies is not known at the moment.',
  };
  setText(foot.querySelector('td'), words[String(safe)]);
}
