import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Message } from '../../shared/message/message.ts';
import { createSilentLog } from '../../shared/observing/log.ts';
import { type Disk, openDisk } from './disk.ts';
import { createFolder, messagesIn } from './folder.ts';
import { type LogFile, openLogFile } from './log-file.ts';

const root = mkdtempSync(join(tmpdir(), 'trilog-disk-'));
after(() => rmSync(root, { recursive: true }));

const LOGGERS = ['logger-1', 'logger-2', 'logger-3'];
let made = 0;

function newFolder(logger = 'logger-1', log = 'log-a'): string {
  const folder = join(root, String(made++));
  createFolder(folder, { log, logger, loggers: LOGGERS });
  return folder;
}

/** Whatever is tried many times does not wait for the disk. */
const unsynced = (path: string): LogFile => {
  const { append, truncate, close } = openLogFile(path);
  return {
    get size() {
      return statSync(path).size;
    },
    ...{ append, truncate, close, sync: async () => {} },
  };
};

const open = (folder: string, openFile: (path: string) => LogFile = unsynced) =>
  openDisk({ folder, name: 'logger-1', log: createSilentLog(), openFile });

const messageOf = (n: number): Message => ({
  UUID: `0198c0de-0000-7000-8000-${String(n).padStart(12, '0')}`,
  msg: `text ${n}, "quoted"\n${'ä'.repeat(n % 7)}`,
});

/** Adds batches of one to three messages, each synced, and gives the place in the file behind each. */
async function addBatches(disk: Disk, count: number): Promise<{ readonly end: number; readonly messages: number }[]> {
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

async function readAll(disk: Disk): Promise<Message[]> {
  const { batches, close } = await disk.open();
  const all: Message[] = [];
  for await (const { messages } of batches()) all.push(...messages);
  await close();
  return all;
}

test('what was added is there after the folder is opened again, and it goes on behind it', async () => {
  const folder = newFolder();
  const first = await open(folder, openLogFile);
  await addBatches(first, 5);
  await first.close();
  const second = await open(folder);
  await addBatches(second, 5);
  const expected = Array.from({ length: second.figures().messages }, (_, n) => messageOf(n));
  assert.deepEqual(await readAll(second), expected);
  await second.close();
});

test('wherever the file ends after a power cut, all that was synced before is there, and new messages are taken', async () => {
  const folder = newFolder();
  const whole = await open(folder);
  const ends = await addBatches(whole, 6);
  await whole.close();
  const path = messagesIn(folder);
  copyFileSync(path, join(root, 'whole'));
  const { size: last } = statSync(path);
  const boundaries = [
    0,
    last,
    ...[...readFileSync(path, 'latin1').matchAll(/(?<=\n)[bd] /g)].map(({ index }) => index),
  ];
  assert.equal(boundaries.length, 2 + 2 * 6 - 1);
  for (const size of boundaries.flatMap((at) => [at - 1, at, at + 1, at + 40, at + 60])) {
    if (size < 0 || size > last) continue;
    copyFileSync(join(root, 'whole'), path);
    truncateSync(path, size);
    const cut = await open(folder);
    const left = ends.findLast(({ end }) => end <= size)?.messages ?? 0;
    assert.equal(cut.figures().messages, left, `cut at ${size}`);
    await cut.append([messageOf(99)]).synced;
    assert.deepEqual(await readAll(cut), [...Array.from({ length: left }, (_, n) => messageOf(n)), messageOf(99)]);
    await cut.close();
  }
});

test('writes that were never synced and came to the disk in any order are cut off', async () => {
  const folder = newFolder();
  const disk = await open(folder);
  await addBatches(disk, 2);
  const { bytes, messages } = disk.figures();
  for (let n = 0; n < 3; n++) disk.append([messageOf(50 + n)]);
  const path = messagesIn(folder);
  const content = readFileSync(path);
  await disk.close();
  content.fill(0, bytes, bytes + 60); // the first of the three did not come there
  writeFileSync(path, content);
  const again = await open(folder);
  assert.deepEqual(again.figures(), { bytes, messages });
  await again.close();
});

test('a flipped bit anywhere in what was synced is found, and the folder and the place are named', async () => {
  const folder = newFolder();
  const disk = await open(folder);
  await addBatches(disk, 4);
  await disk.close();
  const path = messagesIn(folder);
  const whole = readFileSync(path);
  // The note behind the last batch tells that this is synced; it is not itself.
  const synced = whole.lastIndexOf('\nd ') + 1;
  for (let bit = 0; bit < 8 * synced; bit += 71) {
    const content = Buffer.from(whole);
    const at = bit >> 3;
    content[at] = (content[at] ?? 0) ^ (1 << (bit & 7));
    writeFileSync(path, content);
    await assert.rejects(open(folder), (error: Error) => {
      const [, from, to] = /is damaged: .* from byte (\d+) to (\d+)/.exec(error.message) ?? [];
      assert.ok(
        error.message.includes(folder) && Number(from) <= at && at < Number(to),
        `bit ${bit}: ${error.message}`,
      );
      return true;
    });
  }
});

test('messages that turned out not to be stored are left out, and those of which nobody knows are told apart', async () => {
  const folder = newFolder();
  const disk = await open(folder);
  const batch = disk.append([messageOf(1), messageOf(2), messageOf(3)]);
  disk.append([messageOf(4)]);
  batch.settle([1]);
  await disk.close();
  const again = await open(folder);
  assert.equal(again.figures().messages, 3);
  const { batches, close } = await again.open();
  const read = [];
  for await (const { messages, isSettled } of batches()) read.push([isSettled, messages]);
  assert.deepEqual(read, [
    [true, [messageOf(1), messageOf(3)]],
    [false, [messageOf(4)]],
  ]);
  await close();
  await again.close();
});

test('a folder that is missing, of another logger, or in use is refused by its name', async () => {
  const refused = (folder: string, why: RegExp) =>
    assert.rejects(open(folder), (error: Error) => error.message.includes(folder) && why.test(error.message));
  await refused(join(root, 'nowhere'), /not the folder of a log/);
  await refused(newFolder('logger-2'), /belongs to logger-2, not to logger-1/);
  const folder = newFolder();
  const disk = await open(folder);
  await refused(folder, /Another logger has the folder/);
  await disk.close();
  await (await open(folder)).close();
});

test('a folder whose messages are gone is refused', async () => {
  const folder = newFolder();
  rmSync(messagesIn(folder));
  await assert.rejects(open(folder), { message: /cannot be used \(ENOENT/ });
});

test('a lock that a killed process left is taken over, by one only', async () => {
  const folder = newFolder();
  const killed = spawnSync(process.execPath, [
    '-e',
    'require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))',
    join(folder, 'lock'),
  ]);
  assert.equal(killed.signal, 'SIGKILL');
  const opened = await Promise.allSettled([open(folder), open(folder), open(folder)]);
  const disks = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  assert.ok(disks.length <= 1, 'not by two');
  await disks[0]?.close();
  await (await open(folder)).close();
});

/** A file whose calls can be made to fail. */
function failing(path: string) {
  const file = openLogFile(path);
  const codes: { append?: string; sync?: string } = {};
  const check = (code: string | undefined) => {
    if (code !== undefined) throw Object.assign(new Error(`${code}: it fails`), { code });
  };
  const made: LogFile = {
    get size() {
      return file.size;
    },
    append(bytes) {
      if (codes.append !== undefined) file.append(bytes.subarray(0, 10)); // as much as there was room for
      check(codes.append);
      file.append(bytes);
    },
    async sync() {
      check(codes.sync);
      await file.sync();
    },
    truncate: file.truncate,
    close: file.close,
  };
  return { made, codes };
}

test('while the disk is full nothing is taken, which is said; with room again it goes on', async () => {
  const folder = newFolder();
  const { made, codes } = failing(messagesIn(folder));
  const disk = await open(folder, () => made);
  await addBatches(disk, 2);
  codes.append = 'ENOSPC';
  assert.throws(() => disk.append([messageOf(9)]), { code: 'insufficient-storage', message: /disk .* is full/ });
  assert.equal(disk.objection(), undefined);
  delete codes.append;
  await addBatches(disk, 1);
  assert.equal((await readAll(disk)).length, 4);
  await disk.close();
});

test('after a sync that failed nothing is taken any more, also when syncing works again', async () => {
  const folder = newFolder();
  const { made, codes } = failing(messagesIn(folder));
  const disk = await open(folder, () => made);
  codes.sync = 'EIO';
  await assert.rejects(disk.append([messageOf(1)]).synced, { code: 'unavailable' });
  delete codes.sync;
  assert.throws(() => disk.append([messageOf(2)]), { code: 'unavailable', message: /a sync in .* failed/ });
  assert.equal(disk.objection()?.state, 'disk-failed');
  await disk.close();
});

test('a disk that takes no writes is refused, or given up', async () => {
  const folder = newFolder();
  await assert.rejects(
    open(folder, () => {
      throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' });
    }),
    { message: /cannot be used \(EROFS/ },
  );
  const { made, codes } = failing(messagesIn(folder));
  const disk = await open(folder, () => made);
  codes.append = 'EROFS';
  assert.throws(() => disk.append([messageOf(2)]), { code: 'unavailable' });
  assert.equal(disk.objection()?.state, 'disk-failed');
  await disk.close();
});
