import { crc32 } from 'node:zlib';

/** What a record of the log tells: messages that came together; or what became of those of an earlier record. */
export type RecordKind = 'batch' | 'done';

/** What is noted of a batch once it is known what became of it. */
export interface DoneNote {
  /** Where the batch begins in the file. */
  readonly at: number;
  /** The indexes of its messages that are not stored under their UUIDs. */
  readonly voided: readonly number[];
}

/** A record, as it stands in the file. */
export interface LogRecord {
  readonly kind: RecordKind;
  /** Where it begins and ends in the file. */
  readonly at: number;
  readonly end: number;
  /** How much of the file was known to be on the disk when it was written. */
  readonly syncedBytes: number;
  readonly body: Buffer;
}

const LETTERS = { batch: 'b', done: 'd' } as const;
const HEADER = /^([bd]) ([\da-f]{8}) ([\da-f]{12}) ([\da-f]{12}) ([\da-f]{8})\n$/;
/** Finds what may be the beginning of a record. */
export const HEADER_START = /[bd] [\da-f]{8} [\da-f]{12} [\da-f]{12} [\da-f]{8}\n/g;
export const HEADER_BYTES = 46;
const CHECKED_BYTES = HEADER_BYTES - '00000000\n'.length;
/** A batch has at most 4 MiB of text, which JSON makes six times as long at most. */
const MAX_BODY_BYTES = 32 * 1_048_576;

/** Writes a record: a line with its kind, its body's length, its place, what is synced, and a checksum; then the body, lines as well. */
export function encodeRecord({ kind, at, syncedBytes, body }: Omit<LogRecord, 'end'>): Buffer {
  const checked = `${LETTERS[kind]} ${hex(body.length, 8)} ${hex(at, 12)} ${hex(syncedBytes, 12)} `;
  return Buffer.concat([Buffer.from(`${checked}${hex(crc32(body, crc32(checked)), 8)}\n`), body]);
}

/** Reads how long the record is whose header this is; undefined if it is none, or says that it stands elsewhere than at `at`. */
export function lengthOfRecord(header: Buffer, at: number): number | undefined {
  const [, , length = '', place = ''] = HEADER.exec(header.toString('latin1')) ?? [];
  const bytes = Number.parseInt(length, 16);
  return Number.parseInt(place, 16) === at && bytes <= MAX_BODY_BYTES ? HEADER_BYTES + bytes : undefined;
}

/** Reads a whole record that stands at `at`; undefined if its checksum does not fit. */
export function decodeRecord(bytes: Buffer, at: number): LogRecord | undefined {
  const header = bytes.toString('latin1', 0, HEADER_BYTES);
  const [, letter, , , synced = '', checksum = ''] = HEADER.exec(header) ?? [];
  const body = bytes.subarray(HEADER_BYTES);
  if (crc32(body, crc32(header.slice(0, CHECKED_BYTES))) !== Number.parseInt(checksum, 16)) return undefined;
  const kind = letter === LETTERS.batch ? 'batch' : 'done';
  return { kind, at, end: at + bytes.length, syncedBytes: Number.parseInt(synced, 16), body };
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
