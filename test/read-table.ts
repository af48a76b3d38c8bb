import { setTimeout as pause } from 'node:timers/promises';
import type { ReadMessages } from '../services/facade/message-reader.ts';
import type { ReadRange } from '../services/shared/message/message.ts';
import { encodeLines, type LineChunks } from '../services/shared/message/message-stream.ts';

/** The key of message n. */
export const key = (n: number) => `0198c0de-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** Reads a table of so many messages in pages of 500; each read takes a little, and sees the table as it is when it begins. */
export function createReadTable(length = 1) {
  const table = {
    length,
    reads: [] as ReadRange[],
    underWay: 0,
    waitedMs: [] as number[],
    signals: [] as AbortSignal[],
    textLength: 4,
  };
  const read: ReadMessages = async function* (range, signal, { waitedMs = 0, onSent } = {}) {
    onSent?.();
    table.reads.push(range);
    table.waitedMs.push(waitedMs);
    table.signals.push(signal);
    table.underWay++;
    const end = Math.min(table.length, firstOf(range) + (range.limit ?? Number.POSITIVE_INFINITY));
    try {
      for (let from = firstOf(range); from < end; from += 500) {
        await pause(10);
        signal.throwIfAborted();
        const count = Math.min(500, end - from);
        yield encodeLines(
          Array.from({ length: count }, (_, n) => ({ UUID: key(from + n), msg: 'x'.repeat(table.textLength) })),
        );
      }
    } finally {
      table.underWay--;
    }
  };
  return { table, read };
}

const firstOf = ({ after }: ReadRange) => (after === undefined ? 0 : Number(after.slice(-12)) + 1);
/** The signal of a reader that stays. */
export const never = new AbortController().signal;

/** The keys of all messages that come. */
export async function keysOf(chunks: LineChunks): Promise<string[]> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  const lines = Buffer.concat(all).toString().split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line).UUID);
}

/** The chunks of a read that brings but one. */
export async function* chunksOf(chunk: Buffer): LineChunks {
  yield chunk;
}

/** The keys of so many messages. */
export const keys = (length: number, from = 0) => Array.from({ length }, (_, n) => key(from + n));
