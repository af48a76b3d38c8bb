import { find, setNews } from './element.js';
import { timeOfDay } from './figures.js';

const SILENT_MS = 4_000;
const AGAIN_MS = 2_000;

/**
 * Listens to the facade's events, and says whether it is in touch. A browser connects again by itself after most losses, but not
 * after an error status, and it does not notice a silent server.
 */
export function listen(handlers) {
  const touch = find('#touch');
  let source;
  let heardMs = Date.now();
  let isLost = true;

  function heard() {
    heardMs = Date.now();
    if (isLost) setNews(touch, 'live', 'good');
    isLost = false;
  }

  function connect() {
    source?.close();
    source = new EventSource('/ui/events');
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, ({ data }) => {
        heard();
        handle(JSON.parse(data));
      });
    }
  }

  function watch() {
    if (Date.now() < heardMs + SILENT_MS) return;
    if (!isLost) setNews(touch, `lost touch at ${timeOfDay(heardMs)}, trying again`, 'bad');
    isLost = true;
    if (Date.now() < heardMs + SILENT_MS + AGAIN_MS) return;
    heardMs = Date.now() - SILENT_MS;
    connect();
  }

  connect();
  setInterval(watch, 500);
}
