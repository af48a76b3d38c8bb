const WHOLE = new Intl.NumberFormat('en');
const SHORT = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const DATE_TIME = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** Writes a whole number; a dash where there is none. */
export function whole(number) {
  return typeof number === 'number' ? WHOLE.format(number) : '–';
}

/** Writes a time span. */
export function span(ms) {
  if (ms >= 10_000) return `${WHOLE.format(ms / 1_000)} s`;
  return ms >= 1_000 ? `${SHORT.format(ms / 1_000)} s` : `${SHORT.format(ms)} ms`;
}

/** Writes a part of a whole. */
export function percent(part, total) {
  return total > 0 ? `${SHORT.format((100 * part) / total)} %` : '–';
}

/** Writes a time of day. */
export function timeOfDay(ms) {
  return TIME.format(ms);
}

/** Writes a date and a time of day. */
export function dateAndTime(ms) {
  return DATE_TIME.format(ms);
}

/** When a UUID was made, in ms since 1970, if it is of version 7, which begins with it. */
export function timeOf(UUID) {
  return UUID[14] === '7' ? Number.parseInt(UUID.slice(0, 8) + UUID.slice(9, 13), 16) : undefined;
}
