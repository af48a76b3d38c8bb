import { encodeLines } from '../../shared/message/message-stream.ts';
import { Problem, reasonOf } from '../../shared/message/problem.ts';
import { shareCall } from '../../shared/timing/shared-call.ts';
import type { ReceivedMessage } from '../message-store.ts';
import type { LogFile } from './log-file.ts';
import { type DoneNote, encodeRecord, type RecordKind } from './record.ts';

/** Messages that were added to a log together. */
export interface Batch {
  /** Resolves once they are on the disk. Throws a Problem (unavailable). */
  readonly synced: Promise<void>;
  /** Notes that what became of them is known: those at these indexes are not stored under their UUIDs. Throws as `append` does. */
  settle(voided: readonly number[]): void;
}

/** Writes to the log of one logger. */
export interface LogWriter {
  /** How much it has; a message that was sent again counts again. */
  figures(): { readonly bytes: number; readonly messages: number };
  /** Adds messages. Throws a Problem: insufficient-storage while the disk is full, unavailable once it failed in another way. */
  append(messages: readonly ReceivedMessage[]): Batch;
  /** Why it takes nothing any more; undefined while it does. */
  objection(): { readonly state: 'disk-failed'; readonly reason: string } | undefined;
  close(): Promise<void>;
}

interface Options {
  readonly folder: string;
  readonly file: LogFile;
  /** How many it has. */
  readonly messages: number;
}

/** Creates a writer that adds to the end of a file. */
export function createLogWriter({ folder, file, ...has }: Options): LogWriter {
  let size = file.size;
  let syncedBytes = 0;
  let count = has.messages;
  let failure: string | undefined;

  function failed(): Problem {
    return new Problem('unavailable', `This logger stores nothing any more: ${failure}.`);
  }

  /** For good: after a sync that failed the system may have thrown away what it held, and the next one would succeed without it. */
  function fail(what: string, error: unknown): Problem {
    failure ??= `${what} in ${folder} failed (${reasonOf(error)})`;
    return failed();
  }

  function write(kind: RecordKind, body: Buffer): void {
    if (failure !== undefined) throw failed();
    const bytes = encodeRecord({ kind, at: size, syncedBytes, body });
    try {
      file.append(bytes);
    } catch (error) {
      try {
        file.truncate(size);
      } catch (second) {
        throw fail('a write', second);
      }
      if (!isFull(error)) throw fail('a write', error);
      throw new Problem(
        'insufficient-storage',
        `The disk that has ${folder} is full. What is stored can be read. Make room on it, and send the message again.`,
        { cause: error },
      );
    }
    size += bytes.length;
  }

  const sync = shareCall(async () => {
    if (failure !== undefined) throw failed();
    const upTo = size;
    await file.sync().catch((error: unknown) => {
      throw fail('a sync', error);
    });
    syncedBytes = upTo;
  });

  return {
    figures: () => ({ bytes: size, messages: count }),
    append(messages) {
      const at = size;
      write('batch', encodeLines(messages));
      count += messages.length;
      const synced = sync();
      synced.catch(() => {}); // who waits for the members first hears of it later
      return {
        synced,
        settle(voided) {
          const note: DoneNote = { at, voided };
          write('done', Buffer.from(`${JSON.stringify(note)}\n`));
          count -= voided.length;
        },
      };
    },
    objection: () => (failure === undefined ? undefined : { state: 'disk-failed', reason: failure }),
    async close() {
      await sync().catch(() => {});
      file.close();
    },
  };
}

function isFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
