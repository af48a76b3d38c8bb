import { find, setNews, setText } from './element.js';
import { whole } from './figures.js';

/** Shows the counters, and what they say together. */
export function showCounters(counters) {
  const { acknowledged, stored, missing, duplicated } = counters;
  for (const [name, number] of Object.entries({ acknowledged, stored, missing, duplicated })) {
    const shown = find(`#${name}`);
    setText(shown, whole(number));
    if (name === 'missing' || name === 'duplicated') shown.classList.toggle('bad', number > 0);
  }
  setNews(find('#verdict'), ...verdictOn(counters));
  setText(find('#counting'), explanationOf(counters));
}

function verdictOn({ stored, missing, duplicated, isExact, isFresh }) {
  if (missing > 0)
    return [
      `They do not agree: ${whole(missing)} acknowledged ${missing === 1 ? 'message is' : 'messages are'} not there.`,
      'bad',
    ];
  if (duplicated > 0) return [`They do not agree: ${whole(duplicated)} keys were read twice.`, 'bad'];
  if (stored === null) return ['No logger can look at the map at the moment.', 'busy'];
  if (!isFresh) return ['The members are busy: the count is a moment old, and not exact.', 'busy'];
  if (!isExact) return ['Still counting: the numbers of the members are not exact.', 'busy'];
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
    sentences.push(
      `Of those acknowledged while somebody looked, ${whole(checked)} of ${whole(kept)} were looked up one by one.`,
    );
  }
  return sentences.join(' ');
}
