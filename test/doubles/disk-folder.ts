import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { type Disk, openDisk } from '../../services/logger/durable/disk.ts';
import { createFolder } from '../../services/logger/durable/folder.ts';
import { type LogFile, openLogFile } from '../../services/logger/durable/log-file.ts';
import type { Message } from '../../services/shared/message/message.ts';
import { createSilentLog } from '../../services/shared/observing/log.ts';

const LOGGERS = ['logger-1', 'logger-2', 'logger-3'];

/** Makes folders for the disks of loggers, below one that is removed after the tests. */
export function createDiskFolders() {
  const root = mkdtempSync(join(tmpdir(), 'trilog-disk-'));
  after(() => rmSync(root, { recursive: true }));
  let made = 0;
  return {
    root,
    newFolder(logger = 'logger-1', log = 'log-a'): string {
      const folder = join(root, String(made++));
      createFolder(folder, { log, logger, loggers: LOGGERS });
      return folder;
    },
  };
}

/** A file that is not synced: what is tried many times does not wait for the disk. */
function openUnsynced(path: string): LogFile {
  const { append, truncate, close } = openLogFile(path);
  return {
    get size() {
      return statSync(path).size;
    },
    ...{ append, truncate, close, sync: async () => {} },
  };
}

/** Opens a folder as logger-1. */
export const openFolder = (folder: string, openFile: (path: string) => LogFile = openUnsynced): Promise<Disk> =>
  openDisk({ folder, name: 'logger-1', log: createSilentLog(), openFile });

/** Message number n. */
export const messageOf = (n: number): Message => ({
  UUID: `0198c0de-0000-7000-8000-${String(n).padStart(12, '0')}`,
  msg: `text ${n}, "quoted"\n${'ä'.repeat(n % 7)}`,
});

/** Adds batches of one to three messages, each synced, and gives the place in the file behind each. */
export async function addBatches(
  disk: Disk,
  count: number,
): Promise<{ readonly end: number; readonly messages: number }[]> {
  const ends = [];
  let n = disk.figures().messages;
  for (let batch = 0; batch < count; batch++) {
    const messages = Array.from({ length: 1 + (batch % 3) }, () => messageOf(n++));
    const added = disk.append(messages);
    await added.synced;
    ends.push({ end: disk.figures().bytes, messages: n });
    added.settle([]);
  }
  return ends;
}

/** Reads all that is on a disk. */
export async function readAll(disk: Disk): Promise<Message[]> {
  const { batches, close } = await disk.open();
  const all: Message[] = [];
  for await (const { messages } of batches()) all.push(...messages);
  await close();
  return all;
}
