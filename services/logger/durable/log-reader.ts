import { decodeRecord, HEADER_BYTES, HEADER_START, type LogRecord, lengthOfRecord } from './record.ts';

/** A part of a log that is no record. */
export interface Gap {
  readonly kind: 'gap';
  readonly at: number;
  /** Where the next whole record begins, or the end of the file. */
  readonly end: number;
  /** Whether it was on the disk: a record behind it says so. Else it was being written when the writer died, and is to be cut off. */
  readonly wasSynced: boolean;
}

/** What is used of a file that is open for reading (FileHandle of Node.js). */
export interface LogSource {
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
  stat(): Promise<{ readonly size: number }>;
  close(): Promise<void>;
}

const CHUNK_BYTES = 1_048_576;

/**
 * Reads the records of a log up to `size` bytes, and says which parts of it are none. A part that was never synced is the last that
 * it gives: whatever stands behind it was not synced either.
 */
export async function* readRecords(file: LogSource, size: number): AsyncGenerator<LogRecord | Gap> {
  const window = createWindow(file, size);
  for (let at = 0; at < size; ) {
    const record = await recordAt(window, at);
    if (record !== undefined) {
      yield record;
      at = record.end;
      continue;
    }
    const gap = await measureGap(window, at, size);
    yield gap;
    if (!gap.wasSynced) return;
    at = gap.end;
  }
}

/** Gives bytes of the file from a place on; fewer if it ends there. */
type Window = (at: number, bytes: number) => Promise<Buffer>;

/** Creates access to the file that reads it in large pieces. */
function createWindow(file: LogSource, size: number): Window {
  let start = 0;
  let held = Buffer.alloc(0);
  return async (at, bytes) => {
    const wanted = Math.min(bytes, size - at);
    if (at < start || at + wanted > start + held.length) {
      const buffer = Buffer.allocUnsafe(Math.min(Math.max(wanted, CHUNK_BYTES), size - at));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
      start = at;
      held = buffer.subarray(0, bytesRead);
    }
    return held.subarray(at - start, at - start + wanted);
  };
}

async function recordAt(window: Window, at: number): Promise<LogRecord | undefined> {
  const length = lengthOfRecord(await window(at, HEADER_BYTES), at);
  if (length === undefined) return undefined;
  const bytes = await window(at, length);
  return bytes.length === length ? decodeRecord(bytes, at) : undefined;
}

/** Looks for the next whole record, and for one that says that the gap was synced. */
async function measureGap(window: Window, at: number, size: number): Promise<Gap> {
  let next: number | undefined;
  for (let from = at + 1; from < size; from += CHUNK_BYTES) {
    const text = (await window(from, CHUNK_BYTES + HEADER_BYTES)).toString('latin1');
    for (const { index } of text.matchAll(HEADER_START)) {
      const record = await recordAt(window, from + index);
      if (record === undefined) continue;
      next ??= record.at;
      if (record.syncedBytes > at) return { kind: 'gap', at, end: next, wasSynced: true };
    }
  }
  return { kind: 'gap', at, end: next ?? size, wasSynced: false };
}
