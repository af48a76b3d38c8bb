import { get, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Check } from '../history/history.ts';
import { messageNumberOf } from './texts.ts';

interface Options {
  readonly url: string;
  /** What the texts are made of. */
  readonly seed: number;
  /** Numbers below it are not looked at. */
  readonly firstN: number;
  /** Where it begins. */
  readonly after: string;
}

/** Follows the messages of a facade, and connects again, where it was, whenever the connection ends. */
export interface Follower {
  /**
   * Waits until the messages of these numbers have come, for up to `timeoutMs`, and ends: says whether none came twice within
   * a connection, and none of these is missing.
   */
  end(numbers: readonly number[], timeoutMs: number): Promise<Check>;
}

/** A facade sends something each 15 s. */
const SILENT_MS = 40_000;
const PAUSE_MS = 200;
const EXAMPLES = 5;

/** Starts a follower by server-sent events, as a browser is one. */
export function startFollower({ url, seed, firstN, after }: Options): Follower {
  const seen = new Set<number>();
  const twice: number[] = [];
  const ending = new AbortController();
  let connections = 0;
  let lastId: string | undefined;

  function take(event: string, connection: Set<number>): void {
    const fields = new Map(
      event.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]),
    );
    lastId = fields.get('id') ?? lastId;
    const data = fields.get('data');
    if (data === undefined || fields.has('event')) return;
    const n = messageNumberOf(seed, String(JSON.parse(data).msg));
    if (n === undefined || n < firstN) return;
    if (connection.has(n)) twice.push(n);
    connection.add(n);
    seen.add(n);
  }

  async function connect(): Promise<void> {
    const from: Record<string, string> = lastId === undefined ? {} : { 'Last-Event-ID': lastId };
    const path = lastId === undefined ? `/?follow=1&after=${after}` : '/?follow=1';
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { Accept: 'text/event-stream', ...from };
      const request = get(new URL(path, url), { agent: false, headers, signal: ending.signal }, resolve);
      request.setTimeout(SILENT_MS, () => request.destroy(new Error('nothing came')));
      request.on('error', reject);
    });
    if (response.statusCode !== 200) return void response.resume();
    connections++;
    const connection = new Set<number>();
    let rest = '';
    for await (const text of response.setEncoding('utf8')) {
      const events = (rest + text).split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) take(event, connection);
    }
  }

  const following = (async () => {
    while (!ending.signal.aborted) {
      await connect().catch(() => {}); // it was cut, or nobody answers: as callers do, it comes again
      await pause(PAUSE_MS);
    }
  })();

  return {
    async end(numbers, timeoutMs) {
      const isWaiting = performance.now() + timeoutMs;
      const missing = () => numbers.filter((n) => !seen.has(n));
      while (missing().length > 0 && performance.now() < isWaiting) await pause(PAUSE_MS);
      ending.abort();
      await following;
      const lost = missing();
      const show = (some: readonly number[]) =>
        `${some.length}${some.length > 0 ? ` (${some.slice(0, EXAMPLES)})` : ''}`;
      return {
        what: 'a follower has each acknowledged message, and none twice within a connection',
        held: lost.length === 0 && twice.length === 0,
        found: `${seen.size} came in ${connections} connections, ${show(lost)} are missing, ${show(twice)} came twice`,
      };
    },
  };
}
