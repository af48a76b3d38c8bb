import type { Bars, Event, GetEvent, PostEvent, Seen, WindowEvent } from './history.ts';
import { toRanges } from './ranges.ts';

/** A history of one window, to be changed in one place before it is checked. */
export interface Sample {
  readonly window: WindowEvent;
  readonly posts: readonly PostEvent[];
  readonly gets: readonly GetEvent[];
}

export const uuidOf = (n: number) => `0198c0de-0000-7000-8000-${String(n).padStart(12, '0')}`;
export const span = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at);

/** What a read of these numbers gives, in any order; a number that is there twice was repeated. */
export function seenOf(numbers: readonly number[], more: Partial<Seen> = {}): Seen {
  const ascending = numbers.toSorted((a, b) => a - b);
  const repeated = ascending.filter((n, at) => n === ascending[at - 1]);
  return { ranges: toRanges(ascending), repeated, invented: [], outOfOrder: [], ...more };
}

/** A read that ends a window: with UUIDs. */
export function finalReadOf(numbers: readonly number[]): Seen {
  return seenOf(numbers, { uuids: Object.fromEntries(numbers.map((n) => [n, uuidOf(n)])) });
}

const posts = Array.from({ length: 1000 }, (_, at): PostEvent => {
  const startMs = 20 * at;
  return { kind: 'post', n: 100 + at, uuid: uuidOf(100 + at), startMs, endMs: startMs + 5, status: 201 };
});
const gets = Array.from({ length: 40 }, (_, at): GetEvent => {
  const startMs = 500 * at;
  const format = (['text', 'json', 'ndjson'] as const)[at % 3] ?? 'text';
  const seen = seenOf(posts.filter(({ endMs }) => endMs < startMs).map(({ n }) => n));
  return { kind: 'get', format, startMs, endMs: startMs + 10, status: 200, seen };
});

/** The numbers of all messages of the good sample, and all but some. */
export const all = posts.map(({ n }) => n);
export const without = (...numbers: readonly number[]) => all.filter((n) => !numbers.includes(n));

/**
 * A history with nothing wrong: a POST each 20 ms and a GET each 500 ms, for 20 s; a fault from 6 s to 10 s. Message n, from
 * 100 to 1,099, is posted at 20 (n - 100) ms and takes 5 ms; a read takes 10 ms and has all that was acknowledged before it.
 */
export const good: Sample = {
  posts,
  gets,
  window: {
    kind: 'window',
    name: 'a fault',
    seed: 1,
    startMs: 0,
    injectedMs: 6_000,
    healedMs: 10_000,
    readyMs: 12_000,
    endMs: 21_000,
    firstN: 100,
    finalRead: finalReadOf(all),
    bars: {},
  },
};

export function eventsOf(sample: Sample): Event[] {
  return [...sample.posts, ...sample.gets, sample.window];
}

/** The same sample with the POST of a message changed, or replaced by several. */
export function withPost(sample: Sample, n: number, change: (post: PostEvent) => readonly PostEvent[]): Sample {
  return { ...sample, posts: sample.posts.flatMap((post) => (post.n === n ? change(post) : [post])) };
}

/** The same sample with one of the reads changed. */
export function withGet(sample: Sample, at: number, change: (get: GetEvent) => GetEvent): Sample {
  return { ...sample, gets: sample.gets.map((get, index) => (index === at ? change(get) : get)) };
}

export function withWindow(sample: Sample, change: Partial<WindowEvent>): Sample {
  return { ...sample, window: { ...sample.window, ...change } };
}

export function withBars(bars: Bars, sample = good): Sample {
  return withWindow(sample, { bars });
}

/** Changes what read 20 saw: it runs from 10,000 ms to 10,010 ms, and the messages 100 to 599 are acknowledged before it. */
export function withSeen(seen: Seen): Sample {
  return withGet(good, 20, (get) => ({ ...get, seen }));
}

/** Makes all POSTs that start in a span take longer, and leaves out the reads, which would have seen too much. */
export function slower(fromMs: number, toMs: number, tookMs: (post: PostEvent) => number): Sample {
  const changed = posts.map((post) =>
    post.startMs >= fromMs && post.startMs < toMs ? { ...post, endMs: post.startMs + tookMs(post) } : post,
  );
  return { ...good, gets: gets.slice(0, 1), posts: changed };
}

/** Refuses all requests that start in a span. */
export function outage(fromMs: number, toMs: number): Sample {
  const isDuring = ({ startMs }: PostEvent | GetEvent) => startMs >= fromMs && startMs < toMs;
  const changed = posts.map((post) => (isDuring(post) ? refused(post) : post));
  const kept = changed.filter(({ status }) => status === 201).map(({ n }) => n);
  const reads = gets.map(({ seen, ...get }): GetEvent => {
    if (isDuring(get)) return refused(get);
    const [, last = 0] = seen?.ranges.at(-1) ?? [];
    return { ...get, seen: seenOf(kept.filter((n) => n <= last)) };
  });
  return withWindow({ ...good, posts: changed, gets: reads }, { finalRead: finalReadOf(kept) });
}

export function failed(post: PostEvent): PostEvent {
  return { ...post, status: 0, error: 'socket hang up' };
}

export function refused<T extends PostEvent | GetEvent>(request: T): T {
  return { ...request, status: 503, retryAfter: true };
}

/** The same message posted once more, acknowledged 9 ms after its first request. */
export function retried(post: PostEvent): PostEvent {
  return { ...post, startMs: post.endMs + 1, endMs: post.endMs + 9, status: 200 };
}
