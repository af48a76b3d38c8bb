import type { Event, GetEvent, PostEvent, WindowEvent } from './history.ts';

/** A window with the requests that started in it. */
export interface WindowTraffic {
  readonly window: WindowEvent;
  /** In the order in which they started. */
  readonly posts: readonly PostEvent[];
  readonly gets: readonly GetEvent[];
  /** The window's own messages, in the order of their numbers. */
  readonly messages: readonly PostedMessage[];
}

/** What became of one message, over all requests that posted it. */
export interface PostedMessage {
  readonly n: number;
  /** When its first request started. */
  readonly startMs: number;
  /** The requests that were answered 2xx. */
  readonly acknowledged: readonly PostEvent[];
}

export function isStored({ status }: { readonly status: number }): boolean {
  return status >= 200 && status < 300;
}

/** When a message was first acknowledged by a request that started at `fromMs` or later; Infinity if it was not. */
export function acknowledgedMs({ acknowledged }: PostedMessage, fromMs = Number.NEGATIVE_INFINITY): number {
  return acknowledged.reduce(
    (first, { startMs, endMs }) => (startMs >= fromMs ? Math.min(first, endMs) : first),
    Number.POSITIVE_INFINITY,
  );
}

/** Sorts a history by windows, which do not overlap, in the order of time; `strays` are requests that are in none. */
export function groupByWindow(events: readonly Event[]): {
  readonly traffic: readonly WindowTraffic[];
  readonly strays: readonly (PostEvent | GetEvent)[];
} {
  const windows = events.filter((event) => event.kind === 'window').sort((a, b) => a.startMs - b.startMs);
  const groups = windows.map((window) => ({ window, posts: [] as PostEvent[], gets: [] as GetEvent[] }));
  const strays: (PostEvent | GetEvent)[] = [];
  const requests = events.filter((event) => event.kind !== 'window').sort((a, b) => a.startMs - b.startMs);
  let at = 0;
  for (const request of requests) {
    while (at + 1 < groups.length && (groups[at + 1]?.window.startMs ?? 0) <= request.startMs) at++;
    const group = groups[at];
    if (group === undefined || request.startMs < group.window.startMs || request.startMs > group.window.endMs) {
      strays.push(request);
    } else if (request.kind === 'post') {
      group.posts.push(request);
    } else {
      group.gets.push(request);
    }
  }
  return { traffic: groups.map((group) => ({ ...group, messages: messagesOf(group) })), strays };
}

function messagesOf({ window, posts }: { window: WindowEvent; posts: readonly PostEvent[] }): PostedMessage[] {
  const messages = new Map<number, PostedMessage & { acknowledged: PostEvent[] }>();
  for (const post of posts) {
    if (post.n < window.firstN) continue; // a late retry of an earlier window's
    let message = messages.get(post.n);
    if (message === undefined) {
      message = { n: post.n, startMs: post.startMs, acknowledged: [] };
      messages.set(post.n, message);
    }
    if (isStored(post)) message.acknowledged.push(post);
  }
  return [...messages.values()].sort((a, b) => a.n - b.n);
}
