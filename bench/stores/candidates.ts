import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { openLogFile } from '../../services/logger/durable/log-file.ts';
import { openLog } from '../../services/logger/durable/log-survey.ts';
import { createLogWriter } from '../../services/logger/durable/log-writer.ts';
import type { Message } from '../../services/shared/message/message.ts';

/** A store on disk, as far as it is compared. */
export interface Store {
  /** Resolves once the messages are on the disk. */
  append(messages: readonly Message[]): Promise<void>;
  /** Reads everything; throws if it finds that something is wrong. */
  read(): AsyncIterable<Message>;
  close(): Promise<void>;
}

/** Opens a store; `packages` is a folder in which the packages are installed. */
type OpenStore = (folder: string, packages: string) => Promise<Store>;

/** The packages of the candidates that need one, with their versions. */
export const PACKAGES = ['classic-level@3.0.0', 'lmdb@3.5.6'];

/** What is used of classic-level. */
interface Level {
  open(): Promise<void>;
  batch(operations: readonly object[], options: { readonly sync: boolean }): Promise<void>;
  iterator(): AsyncIterable<[string, string]>;
  close(): Promise<void>;
}

/** What is used of lmdb. */
interface Lmdb {
  transaction(act: () => void): Promise<unknown>;
  put(key: string, value: string): void;
  readonly flushed: Promise<unknown>;
  getRange(): Iterable<{ readonly key: string; readonly value: string }>;
  close(): Promise<void>;
}

async function openOwn(folder: string): Promise<Store> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'messages.log');
  const file = openLogFile(path);
  const { survey, close } = await openLog(path);
  await close();
  if (survey.damage.length > 0) throw new Error(`damaged at ${survey.damage[0]?.at}`);
  if (survey.tornBytes > 0) file.truncate(survey.bytes);
  const writer = createLogWriter({ folder, file, ...survey });
  return {
    async append(messages) {
      const batch = writer.append(messages);
      await batch.synced;
      batch.settle([]);
    },
    async *read() {
      const log = await openLog(path);
      for await (const { messages } of log.batches()) yield* messages;
      await log.close();
    },
    close: writer.close,
  };
}

async function openLevel(folder: string, packages: string): Promise<Store> {
  const { ClassicLevel } = createRequire(join(packages, 'x.js'))('classic-level') as {
    ClassicLevel: new (folder: string) => Level;
  };
  const level = new ClassicLevel(folder);
  await level.open();
  return {
    append: (messages) =>
      level.batch(
        messages.map(({ UUID, msg }) => ({ type: 'put', key: UUID, value: msg })),
        { sync: true },
      ),
    async *read() {
      for await (const [UUID, msg] of level.iterator()) yield { UUID, msg };
    },
    close: () => level.close(),
  };
}

async function openLmdb(folder: string, packages: string): Promise<Store> {
  const { open } = createRequire(join(packages, 'x.js'))('lmdb') as { open: (options: object) => Lmdb };
  const db = open({ path: folder, compression: false });
  return {
    async append(messages) {
      await db.transaction(() => {
        for (const { UUID, msg } of messages) db.put(UUID, msg);
      });
      await db.flushed;
    },
    async *read() {
      for (const { key, value } of db.getRange()) yield { UUID: key, msg: value };
    },
    close: () => db.close(),
  };
}

export const CANDIDATES: Readonly<Record<string, OpenStore>> = { own: openOwn, level: openLevel, lmdb: openLmdb };
