import { closeSync, fdatasync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/** The file of a log, as it is written: tests put one in its place that fails. All throw what the system says. */
export interface LogFile {
  readonly size: number;
  /** Adds to its end; if that fails, some of it may be there. */
  append(bytes: Buffer): void;
  /** Has all that was added put on the disk. */
  sync(): Promise<void>;
  truncate(size: number): void;
  close(): void;
}

const dataSync = promisify(fdatasync);

/** Opens a file to add to it. */
export function openLogFile(path: string): LogFile {
  const fd = openSync(path, 'a');
  syncFolder(dirname(path)); // its name has to last as well
  return {
    get size() {
      return fstatSync(fd).size;
    },
    append(bytes) {
      // In place, as it takes some tens of microseconds: it only goes to the system's memory. So records stand in the order of the calls.
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    },
    sync: () => dataSync(fd),
    truncate: (size) => ftruncateSync(fd, size),
    close: () => closeSync(fd),
  };
}

/** Puts the names in a folder on the disk. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
