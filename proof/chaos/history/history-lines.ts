import type { Event } from './history.ts';

const TIMES: Readonly<Record<string, readonly string[]>> = {
  post: ['n', 'startMs', 'endMs', 'status'],
  get: ['startMs', 'endMs', 'status'],
  window: ['seed', 'startMs', 'injectedMs', 'healedMs', 'endMs', 'firstN'],
};

/** Reads one line of a stored history; throws if it is no event. */
export function parseEvent(line: string): Event {
  const event = JSON.parse(line) as Readonly<Record<string, unknown>> | null;
  const numbers = TIMES[String(event?.kind)];
  if (event === null || numbers === undefined) throw new Error(`not an event: ${line.slice(0, 80)}`);
  const missing = numbers.find((name) => typeof event[name] !== 'number');
  if (missing !== undefined) throw new Error(`an event without ${missing}: ${line.slice(0, 80)}`);
  return event as unknown as Event;
}

/** Reads a stored history, one event a line; throws with the number of a line that is none, as a cut last one is. */
export function parseHistory(lines: Iterable<string>): Event[] {
  const events: Event[] = [];
  let number = 0;
  for (const line of lines) {
    number++;
    if (line === '') continue; // behind the last line feed
    try {
      events.push(parseEvent(line));
    } catch (cause) {
      throw new Error(`line ${number} of the history: ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
  }
  return events;
}
