import { element, find, setNews, setText } from './element.js';
import { whole } from './figures.js';
import { labButtons, showActions, showFailures, underWay } from './lab.js';
import { showPicture } from './picture.js';

const LOGGER_STATES = {
  ready: ['ready', 'good'],
  waiting: ['waits for member', 'busy'],
  frozen: ['does not answer', 'bad'],
  gone: ['gone', 'bad'],
  'not ready': ['not ready', 'busy'],
};
const MEMBER_STATES = {
  up: ['up', 'good'],
  silent: ['silent', 'busy'],
  gone: ['not in cluster', 'bad'],
};
/** The rate is that of the last seconds. */
const RATE_MS = 3_000;

const rows = new Map();
const history = [];

/** Shows the loggers and the members. */
export function showParts({ at, loggers, members, safe, lab, layout }) {
  history.push({ at, took: new Map(loggers.map(({ name, took }) => [name, took])) });
  while (history.length > 2 && history[1].at < at - RATE_MS) history.shift();
  const isKnown = layout !== null;
  const shownLoggers = loggers.map((part) => described(part, LOGGER_STATES[part.state], lab));
  const shownMembers = members.map((part) =>
    described(part, isKnown ? MEMBER_STATES[part.state] : ['not known now', 'busy'], lab),
  );
  for (const logger of shownLoggers) showLogger(logger, lab);
  for (const [index, member] of shownMembers.entries()) showMember(member, { index, lab, isKnown });
  showPicture(shownLoggers, shownMembers, layout);
  showFailures(lab);
  showSafety(safe, members);
}

/** A part, and its state in words; what the lab does to it, or has done, says more than what is seen of it. */
function described(part, [words, kind], lab) {
  const busy = underWay(lab, part.name);
  if (busy !== undefined) return { ...part, words: busy, kind: 'busy' };
  return lab?.frozen.includes(part.name) ? { ...part, words: 'frozen', kind: 'bad' } : { ...part, words, kind };
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

function showLogger({ name, state, words, kind, reason, took }, lab) {
  const { cells, buttons } = rowOf(name, 'loggers', { columns: ['', 'number', 'number'] });
  setNews(cells[0], words, kind);
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

function showMember({ name, state, words, kind, entries, backups }, { index, lab, isKnown }) {
  const { cells, buttons } = rowOf(name, 'members', { color: index, columns: ['', 'number', 'number'] });
  setNews(cells[0], words, kind);
  setText(cells[1], whole(entries));
  setText(cells[2], whole(backups));
  showActions(buttons, { lab, part: name, isGone: isKnown && state === 'gone' });
}

function showSafety(safe, members) {
  const foot = find('#members tfoot');
  if (foot.firstChild === null) {
    foot.append(element('tr', {}, element('td', { class: 'fine', colspan: 4 })));
  }
  const isAlone = members.filter(({ state }) => state === 'up').length === 1;
  const words = {
    true: isAlone
      ? 'One member is left: it has all messages, and there are no copies.'
      : 'Every message has all its copies.',
    false: 'Copies are being made, or a member is silent. Wait before you kill another one.',
    null: 'Whether every message has all its copies is not known at the moment.',
  };
  setText(foot.querySelector('td'), words[String(safe)]);
}
