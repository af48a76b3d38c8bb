import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Problem, reasonOf } from '../../shared/message/problem.ts';
import { syncFolder } from './log-file.ts';

/** What a folder belongs to: several loggers' folders make up one log. */
export interface FolderIdentity {
  /** The id of the log. */
  readonly log: string;
  /** Whose folder it is. */
  readonly logger: string;
  /** All loggers whose folders make up the log. */
  readonly loggers: readonly string[];
}

const IDENTITY = 'log.json';

/** Where a folder has its messages. */
export function messagesIn(folder: string): string {
  return join(folder, 'messages.log');
}

/** Makes a folder without messages. Throws what the system says. */
export function createFolder(folder: string, identity: FolderIdentity): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(messagesIn(folder), '', { flag: 'a' });
  const path = join(folder, IDENTITY);
  writeFileSync(`${path}.new`, `${JSON.stringify(identity)}\n`);
  const fd = openSync(`${path}.new`, 'r+');
  fsyncSync(fd);
  closeSync(fd);
  renameSync(`${path}.new`, path);
  syncFolder(folder);
  syncFolder(dirname(folder));
}

/** Tells whether a folder is one of a log, even if it cannot be read. */
export function isOfLog(folder: string): boolean {
  return existsSync(join(folder, IDENTITY));
}

/** Reads what a folder belongs to; undefined if it is not there, or not one of a log. Throws a Problem if it cannot be read. */
export function readIdentity(folder: string): FolderIdentity | undefined {
  try {
    const { log, logger, loggers } = JSON.parse(readFileSync(join(folder, IDENTITY), 'utf8')) as FolderIdentity;
    return { log, logger, loggers };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Problem('not-possible', `${join(folder, IDENTITY)} cannot be read: ${reasonOf(error)}.`, {
      cause: error,
    });
  }
}
