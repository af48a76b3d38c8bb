import type { ServerResponse } from 'node:http';

/** Sends the same events to all who watch (server-sent events): each is encoded once, whatever their number. */
export interface LiveFeed {
  readonly viewers: number;
  /** Begins to send to one more viewer; false if there are too many already. */
  add(response: ServerResponse): boolean;
  /** Sends an event to all; one that has not taken what it was sent before is cut off. */
  send(event: string, data: unknown): void;
  /** Sends an event to one of them. */
  sendTo(response: ServerResponse, event: string, data: unknown): void;
  close(): void;
}

interface Options {
  /** Called when the first viewer has come, and when the last one has been away for some seconds. */
  readonly onWatched: (isWatched: boolean) => void;
  /** How long nobody must watch before it stops: a page that is reloaded is away for a moment only. */
  readonly lingerMs?: number;
}

const MAX_VIEWERS = 256;
/** A viewer that leaves more than this untaken is cut off: its browser connects again, and begins anew. */
const MAX_UNTAKEN_BYTES = 131_072;
/** How long a browser waits before it connects again. */
const RETRY_MS = 1_000;
const LINGER_MS = 10_000;

/** Creates the feed. */
export function createLiveFeed({ onWatched, lingerMs = LINGER_MS }: Options): LiveFeed {
  const viewers = new Set<ServerResponse>();
  let isWatched = false;
  let lingering: NodeJS.Timeout | undefined;

  function leave(response: ServerResponse): void {
    viewers.delete(response);
    if (viewers.size > 0) return;
    lingering = setTimeout(() => {
      isWatched = false;
      onWatched(false);
    }, lingerMs).unref();
  }

  return {
    get viewers() {
      return viewers.size;
    },
    add(response) {
      if (viewers.size >= MAX_VIEWERS) return false;
      clearTimeout(lingering);
      viewers.add(response);
      response.once('close', () => leave(response));
      // Proxies that keep answers back (nginx) are told not to.
      response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
      response.write(`retry: ${RETRY_MS}\n\n`);
      if (!isWatched) onWatched(true);
      isWatched = true;
      return true;
    },
    send(event, data) {
      const bytes = encode(event, data);
      for (const response of viewers)
        if (response.writableLength > MAX_UNTAKEN_BYTES) response.destroy();
        else response.write(bytes);
    },
    sendTo: (response, event, data) => void response.write(encode(event, data)),
    close() {
      for (const response of viewers) response.end();
    },
  };
}

/** JSON has no line breaks of its own, so an event's data is one line. */
function encode(event: string, data: unknown): Buffer {
  return Buffer.from(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
