import type { ServerResponse } from 'node:http';
import { beginLiveStream } from '../../shared/http/live-stream.ts';

/** Sends the same events to all who watch (server-sent events): each is encoded once, whatever their number. */
export interface LiveFeed {
  readonly viewers: number;
  /** Begins to send to one more viewer; false if there are too many already. */
  add(response: ServerResponse): boolean;
  /** Sends an event to all; to one that has not taken what it was sent before, it is not sent. */
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
/** A viewer that leaves more than this untaken misses what comes, so that it takes no more memory and time of ours. */
const MAX_UNTAKEN_BYTES = 131_072;
/** A viewer that takes nothing for so long is gone. */
const SLOW_VIEWER_MS = 30_000;
/** How long a browser waits before it connects again. */
const RETRY_MS = 1_000;
const LINGER_MS = 10_000;

interface Viewer {
  missed: number;
  takenMs: number;
}

/** Creates the feed. */
export function createLiveFeed({ onWatched, lingerMs = LINGER_MS }: Options): LiveFeed {
  const viewers = new Map<ServerResponse, Viewer>();
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

  function write(response: ServerResponse, viewer: Viewer, bytes: Buffer): void {
    const now = performance.now();
    if (response.writableLength > MAX_UNTAKEN_BYTES) {
      viewer.missed++;
      if (now > viewer.takenMs + SLOW_VIEWER_MS) response.destroy();
      return;
    }
    if (viewer.missed > 0) response.write(encode('missed', { events: viewer.missed }));
    viewer.missed = 0;
    viewer.takenMs = now;
    response.write(bytes);
  }

  return {
    get viewers() {
      return viewers.size;
    },
    add(response) {
      if (viewers.size >= MAX_VIEWERS) return false;
      clearTimeout(lingering);
      viewers.set(response, { missed: 0, takenMs: performance.now() });
      response.once('close', () => leave(response));
      beginLiveStream(response, 'text/event-stream; charset=utf-8');
      response.write(`retry: ${RETRY_MS}\n\n`);
      if (!isWatched) onWatched(true);
      isWatched = true;
      return true;
    },
    send(event, data) {
      const bytes = encode(event, data);
      for (const [response, viewer] of viewers) write(response, viewer, bytes);
    },
    sendTo: (response, event, data) => void response.write(encode(event, data)),
    close() {
      for (const response of viewers.keys()) response.end();
    },
  };
}

/** JSON has no line breaks of its own, so an event's data is one line. */
function encode(event: string, data: unknown): Buffer {
  return Buffer.from(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
