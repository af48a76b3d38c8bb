import { find, setNews, setText } from './element.js';
import { timeOfDay, whole } from './figures.js';

/** With messages coming in, a look may be too late, or miss some of the last: the next one makes up for it. */
const PATIENCE_MS = 3_000;

let exactAt = 0;

/** Shows the counters, and what they say together; `now` is the facade's time. */
export function showCounters(counters, now) {
  if (counters.isExact) exactAt = Math.max(exactAt, counters.at);
  const { acknowledged, stored, missing, duplicated } = counters;
  for (const [name, number] of Object.entries({ acknowledged, stored, missing, duplicated })) {
    const shown = find(`#${name}`);
    setText(shown, whole(number));
    if (name === 'missing' || name === 'duplicated') shown.classList.toggle('bad', number > 0);
  }
  setNews(find('#verdict'), ...verdictOn(counters, now));
  setText(find('#counting'), explanationOf(counters));
}

function verdictOn({ at, stored, missing, duplicated }, now) {
  if (missing > 0) {
    const are = missing === 1 ? 'message is' : 'messages are';
    return [`They do not agree: ${whole(missing)} acknowledged ${are} not there.`, 'bad'];
  }
  if (duplicated > 0) return [`They do not agree: ${whole(duplicated)} keys were read twice.`, 'bad'];
  if (stored === null) return ['No logger can be asked at the moment.', 'busy'];
  if (now > at + PATIENCE_MS) return [`The members do not answer: these are the numbers of ${timeOfDay(at)}.`, 'busy'];
  if (now > exactAt + PATIENCE_MS) return ['Still counting: the numbers of the members are not exact.', 'busy'];
  return ['They agree: all that was acknowledged is there, once.', 'good'];
}

function explanationOf({ acknowledged, stored, elsewhere, kept, checked, missing }) {
  const sentences = [];
  const onTheirWay = stored === null ? 0 : stored - acknowledged - elsewhere;
  if (elsewhere > 0) {
    sentences.push(
      `${whole(elsewhere)} of the stored ones were not acknowledged by this run of the facade: they are older, or came another way.`,
    );
  }
  if (onTheirWay > 0 && missing === 0) sentences.push(`${whole(onTheirWay)} are stored and about to be acknowledged.`);
  if (kept > 0) {
    sentences.push(`Of the last ${whole(kept)} acknowledged, ${whole(checked)} were looked up one by one.`);
  }
  return sentences.join(' ');
}
