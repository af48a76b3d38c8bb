import type { Disk } from '../../services/logger/durable/disk.ts';
import type { LogFile } from '../../services/logger/durable/log-file.ts';
import type { LogSource } from '../../services/logger/durable/log-reader.ts';
import { openSource } from '../../services/logger/durable/log-survey.ts';
import { createLogWriter } from '../../services/logger/durable/log-writer.ts';
import type { Random } from '../random.ts';
import { LOGGERS } from './names.ts';

/** The disks of all loggers. They outlast the loggers' processes. */
export interface ModelledDisks {
  /** Opens the disk of a logger, for its process that runs now. */
  open(logger: string): Promise<Disk>;
  /** The power goes, for all machines: of what was not synced, some is on the disk, and some not. */
  cutPower(): void;
}

interface File {
  content: Buffer;
  syncedBytes: number;
}

const SYNC_LEAST_MS = 0.5;
const SYNC_SPREAD_MS = 20;

/** Creates disks with nothing on them. Records are written and read by the loggers' own code; only the files are modelled. */
export function createModelledDisks(random: Random, { syncs }: { readonly syncs: boolean }): ModelledDisks {
  const files = new Map<string, File>();

  function fileOf(logger: string): File {
    const file = files.get(logger) ?? { content: Buffer.alloc(0), syncedBytes: 0 };
    files.set(logger, file);
    return file;
  }

  function writableOf(file: File): LogFile {
    return {
      get size() {
        return file.content.length;
      },
      append(bytes) {
        file.content = Buffer.concat([file.content, bytes]);
      },
      async sync() {
        const { length } = file.content;
        await new Promise((go) => setTimeout(go, SYNC_LEAST_MS + SYNC_SPREAD_MS * random.next() ** 3));
        if (syncs) file.syncedBytes = Math.max(file.syncedBytes, length);
      },
      truncate(size) {
        file.content = file.content.subarray(0, size);
      },
      close() {},
    };
  }

  return {
    async open(logger) {
      const file = fileOf(logger);
      const opened = await openSource(sourceOf(file));
      file.content = file.content.subarray(0, opened.survey.bytes);
      const writer = createLogWriter({ folder: logger, file: writableOf(file), ...opened.survey });
      return {
        ...{ folder: logger, identity: { log: 'log', logger, loggers: LOGGERS } },
        ...writer,
        open: () => openSource(sourceOf(file)),
      };
    },
    cutPower() {
      for (const file of files.values()) {
        const { content, syncedBytes } = file;
        const kept = syncedBytes + Math.floor((content.length - syncedBytes + 1) * random.next());
        file.content = content.subarray(0, kept);
      }
    },
  };
}

function sourceOf({ content }: File): LogSource {
  return {
    read: async (buffer, offset, length, position) => ({
      bytesRead: content.copy(buffer, offset, position, position + length),
    }),
    stat: async () => ({ size: content.length }),
    close: async () => {},
  };
}
