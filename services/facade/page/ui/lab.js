import { showCommand } from './command.js';
import { element, find, setText } from './element.js';

const LABELS = { kill: 'Kill', freeze: 'Freeze', resume: 'Resume', start: 'Start' };
const UNDER_WAY = {
  kill: 'being killed',
  freeze: 'being frozen',
  resume: 'being resumed',
  start: 'starting',
};

const token = find('meta[name=lab-token]').content;

/** Says once whether parts can be broken from here. */
export function explainLab(hasLab) {
  const how = hasLab
    ? token === ''
      ? 'Load this page anew to kill, freeze and start parts from here.'
      : 'Kill one, or freeze it, send messages, and see what happens. Start brings it back; a member takes some seconds.'
    : 'Started with LAB=1 bash launch.sh, this page has buttons that kill, freeze and start them.';
  setText(find('#lab-note'), how);
}

/** What the lab is doing to a part, in words; undefined: nothing. */
export function underWay(lab, part) {
  return UNDER_WAY[lab?.busy[part]];
}

/** Shows what the lab could not do. */
export function showFailures(lab) {
  const failures = Object.entries(lab?.failed ?? {}).map(([part, reason]) => `${part}: ${reason}`);
  setText(find('#lab-failure'), failures.join(' '));
}

/** Makes the buttons of a part; which of them are shown is decided by showActions. */
export function labButtons(part) {
  const buttons = Object.entries(LABELS).map(([action, label]) => {
    const button = element('button', { type: 'button', 'data-action': action, hidden: true }, label);
    button.setAttribute('aria-label', `${label} ${part}`);
    button.addEventListener('click', () => void order(part, action, button));
    return button;
  });
  return element('div', { class: 'lab' }, ...buttons);
}

/** Shows the buttons for what can be done to a part now. */
export function showActions(buttons, { lab, part, isGone }) {
  const isFrozen = lab?.frozen.includes(part);
  const actions = isFrozen ? ['resume', 'kill'] : isGone ? ['start'] : ['kill', 'freeze'];
  for (const button of buttons.children) {
    button.hidden = lab === undefined || token === '' || !actions.includes(button.dataset.action);
    button.disabled = lab?.busy[part] !== undefined;
  }
}

async function order(part, action, button) {
  button.disabled = true;
  try {
    const response = await fetch('/ui/lab', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Lab-Token': token },
      body: JSON.stringify({ part, action }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.detail);
    showCommand(answer.command);
  } catch (error) {
    setText(find('#lab-failure'), `${part}: ${error.message}`);
  }
}
