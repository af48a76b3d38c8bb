import type { GetEvent, PostEvent, Seen } from '../history/history.ts';
import { type Sample, withGet, withPost, withWindow } from '../history/sample-history.ts';

/** A defect of a history, made in one that has none: every checker must find it. */
export interface HistoryDefect {
  readonly name: string;
  readonly summary: string;
  spoil(clean: Sample): Sample;
  /** The rules that must be broken. */
  readonly shownBy: readonly string[];
}

/** The message that goes wrong, and the read that begins just after it was posted. */
const N = 599;
const READ = 20;

export const HISTORY_DEFECTS: readonly HistoryDefect[] = [
  {
    name: 'history-lost',
    summary: 'a message is acknowledged, and no read has it',
    spoil: (clean) => withoutAtEnd(withReads(clean, () => true, without)),
    shownBy: ['lost', 'stale'],
  },
  {
    name: 'history-stale',
    summary: 'a message is acknowledged, the next read lacks it, and those after that have it',
    spoil: (clean) => withGet(clean, READ, without),
    shownBy: ['stale'],
  },
  {
    name: 'history-gone-again',
    summary: 'a message is not acknowledged, one read has it, and no later one',
    spoil: (clean) =>
      withoutAtEnd(withReads(withTheirPost(clean, { status: 0, error: 'socket hang up' }), isAfterRead, without)),
    shownBy: ['lost', 'stale'],
  },
  {
    name: 'history-backwards',
    summary: 'while a POST is under way, one read has its message, and the next one has not',
    spoil: (clean) => withGet(withTheirPost(clean, { endMs: clean.window.endMs - 1 }), READ + 1, without),
    shownBy: ['stale'],
  },
];

const isAfterRead = (at: number) => at > READ;

function withTheirPost(sample: Sample, change: Partial<PostEvent>): Sample {
  return withPost(sample, N, (post) => [{ ...post, ...change }]);
}

function withReads(sample: Sample, which: (at: number) => boolean, change: (get: GetEvent) => GetEvent): Sample {
  return { ...sample, gets: sample.gets.map((get, at) => (which(at) ? change(get) : get)) };
}

function without(get: GetEvent): GetEvent {
  return get.seen === undefined ? get : { ...get, seen: lacking(get.seen) };
}

function withoutAtEnd(sample: Sample): Sample {
  const { finalRead } = sample.window;
  return finalRead === undefined ? sample : withWindow(sample, { finalRead: lacking(finalRead) });
}

function lacking(seen: Seen): Seen {
  const ranges = seen.ranges.flatMap(([first, last]): Seen['ranges'] => {
    if (N < first || N > last) return [[first, last]];
    return [...(first < N ? [[first, N - 1] as const] : []), ...(N < last ? [[N + 1, last] as const] : [])];
  });
  return { ...seen, ranges };
}
