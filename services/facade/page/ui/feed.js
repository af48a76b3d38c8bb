import { find, setNews } from './element.js';
import { timeOfDay } from './figures.js';

const SILENT_MS = 4_000;
const AGAIN_MS = 2_000;

/**
 * Listens to the facade's events while somebody sees the page, and says whether it is in touch; while it is not, what it shows
 * is marked as old. A browser has six connections to a server: a hidden page lets its own go. It connects again by itself after
 * most losses, but not after an error status, and it does not notice a silent server.
 */
export function listen(handlers) {
  let source;
  let heardMs = Date.now();
  let triedMs = 0;

  function tell(text, kind) {
    setNews(find('#touch'), text, kind);
    document.body.classList.toggle('old', kind !== 'good');
  }

  function connect() {
    source?.close();
    source = new EventSource('/ui/events');
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, ({ data }) => {
        heardMs = Date.now();
        handle(JSON.parse(data));
        // Only now all that is shown is that of this moment.
        if (name === 'status') tell('live', 'good');
      });
    }
  }

  function watch() {
    if (document.hidden || Date.now() < heardMs + SILENT_MS) return;
    tell(`lost touch at ${timeOfDay(heardMs)}, trying again`, 'bad');
    if (Date.now() < Math.max(triedMs, heardMs + SILENT_MS) + AGAIN_MS) return;
    triedMs = Date.now();
    connect();
  }

  function onVisibility() {
    source?.close();
    tell(document.hidden ? 'paused' : 'connecting …', 'busy');
    heardMs = Date.now();
    if (!document.hidden) connect();
  }

  onVisibility();
  document.addEventListener('visibilitychange', onVisibility);
  setInterval(watch, 500);
}
