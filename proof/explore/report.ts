import type { RowOutcome } from './rows.ts';
import type { Finding, Outcome } from './search.ts';

/** Says in one line how much was looked at. */
export function extentOf({ states, steps, depth, seconds, isComplete }: Outcome): string {
  const how = isComplete ? 'complete' : 'not complete';
  return `${written(states)} states, ${written(steps)} steps, depth ${depth}, ${seconds.toFixed(1)} s, ${how}`;
}

/** Tells a finding as a story, a step a line. */
export function storyOf({ breach, depth, story }: Finding): string {
  const lines = story.map((sentence, at) => `  ${String(at + 1).padStart(3)}. ${sentence}`);
  const end =
    breach === 'nobody serves' || breach === 'somebody serves' || breach === 'pause' ? [`       ${END[breach]}`] : [];
  return [`  ${breach}, after ${depth} steps:`, ...lines, ...end].join('\n');
}

const END = {
  'nobody serves': 'Nothing moves any more, and nobody serves.',
  'somebody serves': 'Nothing moves any more, and somebody serves.',
  pause: 'Member 1 is alone, and does not serve.',
} as const;

/** Writes a row of the table of who serves. */
export function rowLine({ row, outcome, ends, holds }: RowOutcome): string {
  const verdict = holds ? 'holds ' : 'BROKEN';
  const figures = `${written(outcome.states)} states, ${outcome.seconds.toFixed(1)} s${outcome.isComplete ? '' : ', not complete'}`;
  return `  ${verdict} ${row.situation.padEnd(47)} ${row.expected.padEnd(16)} ${ends} ends of ${figures}`;
}

function written(number: number): string {
  return number.toLocaleString('en');
}
