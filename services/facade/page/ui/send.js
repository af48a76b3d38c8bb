import { quoted, showCommand } from './command.js';
import { find, setNews } from './element.js';
import { span, whole } from './figures.js';
import { timeUuid } from './uuid.js';

/** A browser has six connections to a server; one of them has the events. */
const AT_A_TIME = 5;

/** Makes the two forms send by themselves. */
export function wireSending() {
  const form = find('#send form');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void sendOne(form.elements.msg);
  });
  find('#burst').addEventListener('submit', (event) => {
    event.preventDefault();
    void sendMany(Number(find('#count').value));
  });
}

/** What is not acknowledged: sent once more as it is, also after no answer at all, it keeps its UUID, so that it is stored once. */
let unsure = { msg: '', UUID: '' };

async function post(msg, UUID) {
  const response = await fetch('/', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ UUID, msg }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${response.status}: ${answer.detail}`);
  return answer;
}

async function sendOne(input) {
  const outcome = find('#sent');
  const msg = input.value;
  const startMs = performance.now();
  showCommand(`curl --data-urlencode ${quoted(`msg=${msg}`)} ${location.origin}/`);
  setNews(outcome, 'sending …');
  if (msg !== unsure.msg) unsure = { msg, UUID: timeUuid() };
  try {
    const { UUID, logger } = await post(msg, unsure.UUID);
    setNews(outcome, `Stored by ${logger} in ${span(performance.now() - startMs)}, as ${UUID}.`, 'good');
    // Meanwhile another one may have been typed, and sent.
    if (input.value === msg) input.value = '';
    if (unsure.UUID === UUID) unsure = { msg: '', UUID: '' };
  } catch (error) {
    setNews(outcome, `Not acknowledged. ${error.message}`, 'bad');
  }
}

async function sendMany(count) {
  const outcome = find('#sent');
  const stop = find('#stop');
  const start = find('#burst button[type=submit]');
  const mark = `burst ${new Date().toISOString().slice(11, 19)}`;
  showCommand(
    `seq ${count} | sed 's/^/msg=${mark} no. /' |\n  xargs -P ${AT_A_TIME} -I T curl -s -o /dev/null ${location.origin}/ --data-urlencode T`,
  );
  let next = 0;
  let stored = 0;
  let failed = 0;
  let reason = '';
  let isStopped = false;
  stop.onclick = () => {
    isStopped = true;
  };
  stop.hidden = false;
  start.disabled = true;
  const startMs = performance.now();
  const tell = (kind) => {
    const failures = failed > 0 ? `, ${whole(failed)} not (${reason})` : '';
    const took = span(performance.now() - startMs);
    setNews(outcome, `${whole(stored)} of ${whole(count)} acknowledged${failures}, in ${took}.`, kind);
  };
  const telling = setInterval(tell, 200);
  async function keepSending() {
    while (next < count && !isStopped) {
      next++;
      try {
        await post(`${mark} no. ${next}`);
        stored++;
      } catch (error) {
        failed++;
        reason = error.message;
      }
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, keepSending));
  clearInterval(telling);
  tell(failed > 0 ? 'bad' : 'good');
  stop.hidden = true;
  start.disabled = false;
}
