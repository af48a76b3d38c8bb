import { NDJSON } from '../../shared/message/message-stream.ts';
import { onOneLine } from '../../shared/message/printable.ts';
import type { Problem } from '../../shared/message/problem.ts';

const EVENTS = 'text/event-stream';
/** The formats in which messages can be followed, the default first. */
export const FOLLOW_FORMATS = ['text/plain', NDJSON, EVENTS] as const;
export type FollowFormat = (typeof FOLLOW_FORMATS)[number];

/** A message as a follower is told of it. */
export interface Told {
  readonly UUID: string;
  /** `{"UUID":"…","msg":"…"}` */
  readonly line: string;
  /** ISO 8601; null if it is not known. */
  readonly time: string | null;
  /** Who goes on after this UUID misses nothing. */
  readonly next: string;
}

/** How long a browser waits before it connects again. */
const RETRY_MS = 1_000;

/** What comes first; only events have a place for where to go on. */
export function formatBegin(next: string, format: FollowFormat): string {
  return format === EVENTS ? `retry: ${RETRY_MS}\nid: ${next}\n\n` : '';
}

/** A message in a format. */
export function formatTold({ line, time, next }: Told, format: FollowFormat): string {
  if (format === 'text/plain') return `${time ?? '-'} ${onOneLine(JSON.parse(line).msg)}\n`;
  const members = `${line.slice(0, -1)},"time":${JSON.stringify(time)}`;
  return format === EVENTS ? `id: ${next}\ndata: ${members}}\n\n` : `${members},"next":"${next}"}\n`;
}

/**
 * What keeps a silent connection open. Events have a place for where to go on. JSON may begin with spaces, so that who reads lines
 * sees nothing of it. Text has no place for it.
 */
export function formatKeepAlive(next: string, format: FollowFormat): string {
  if (format === EVENTS) return `id: ${next}\n\n`;
  return format === NDJSON ? ' ' : '';
}

/** The last line: why it ends, and where to go on. */
export function formatEnd(problem: Problem, next: string, format: FollowFormat): string {
  if (format === 'text/plain') return `# ${problem.message} Go on with after=${next}\n`;
  const line = JSON.stringify({ ...JSON.parse(problem.toDocument()), next });
  return format === EVENTS ? `event: end\nid: ${next}\ndata: ${line}\n\n` : `${line}\n`;
}
