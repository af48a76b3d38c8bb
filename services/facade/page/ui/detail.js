import { element, find } from './element.js';
import { dateAndTime, span, timeOf } from './figures.js';
import { visible } from './visible.js';

/** Opens one message: where it is, and the way it came. */
export async function showMessage(UUID) {
  const dialog = find('#message');
  const content = dialog.querySelector('div');
  content.replaceChildren(element('p', {}, 'looking …'));
  if (!dialog.open) dialog.showModal();
  try {
    const response = await fetch(`/ui/messages/${UUID}`);
    const found = await response.json();
    if (!response.ok) throw new Error(found.detail);
    content.replaceChildren(...describe(found));
  } catch (error) {
    content.replaceChildren(element('p', { class: 'bad' }, error.message));
  }
}

function describe({ UUID, msg, partition, owner, backups, way }) {
  const made = timeOf(UUID);
  const facts = [
    ['UUID', UUID],
    ['created', made === undefined ? 'its UUID does not tell' : dateAndTime(made)],
    ['partition', String(partition)],
    ['owner', owner ?? 'nobody at this moment'],
    ['copies', backups === undefined ? 'not known' : backups.join(', ') || 'none: no other member is there'],
    ['length', `${msg.length} characters`],
    ...(way === null ? [] : [['acknowledged', `${dateAndTime(way.at)}, ${span(way.tookMs)} after it came`]]),
  ];
  return [
    element('pre', {}, ...visible(msg, { keepLines: true })),
    element(
      'dl',
      { class: 'facts' },
      ...facts.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
    ),
    element('h3', {}, 'Attempts'),
    ...(way === null || way.attempts.length === 0
      ? [
          element(
            'p',
            { class: 'fine' },
            'Not known: it is not among the last 10,000 messages that this facade has stored since its start.',
          ),
        ]
      : [attemptTable(way.attempts)]),
  ];
}

function attemptTable(attempts) {
  const head = ['Logger', 'Began after', 'Took', 'Outcome'].map((title) => element('th', { scope: 'col' }, title));
  const rows = attempts.map(({ logger, afterMs, tookMs, error }) => {
    const outcome = error ?? (tookMs === undefined ? 'another one was faster' : 'stored');
    const cells = [logger, span(afterMs), tookMs === undefined ? '–' : span(tookMs), outcome];
    return element('tr', {}, ...cells.map((cell) => element('td', {}, cell)));
  });
  return element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...rows));
}
