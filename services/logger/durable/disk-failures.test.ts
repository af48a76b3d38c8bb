import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addBatches, createDiskFolders, messageOf, openFolder, readAll } from '../../../test/doubles/disk-folder.ts';
import { messagesIn } from './folder.ts';
import { type LogFile, openLogFile } from './log-file.ts';

const { root, newFolder } = createDiskFolders();

test('a folder that is missing, of another logger, or in use is refused by its name', async () => {
  const refused = (folder: string, why: RegExp) =>
    assert.rejects(openFolder(folder), (error: Error) => error.message.includes(folder) && why.test(error.message));
  await refused(join(root, 'nowhere'), /not the folder of a log/);
  await refused(newFolder('logger-2'), /belongs to logger-2, not to logger-1/);
  const folder = newFolder();
  const disk = await openFolder(folder);
  await refused(folder, /Another logger has the folder/);
  await disk.close();
  await (await openFolder(folder)).close();
});

test('a folder whose messages are gone is refused', async () => {
  const folder = newFolder();
  rmSync(messagesIn(folder));
  await assert.rejects(openFolder(folder), { message: /cannot be used \(ENOENT/ });
});

test('a lock that a killed process left is taken over, by one only', async () => {
  const folder = newFolder();
  const killed = spawnSync(process.execPath, [
    '-e',
    'require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))',
    join(folder, 'lock'),
  ]);
  assert.equal(killed.signal, 'SIGKILL');
  const opened = await Promise.allSettled([openFolder(folder), openFolder(folder), openFolder(folder)]);
  const disks = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  assert.ok(disks.length <= 1, 'not by two');
  await disks[0]?.close();
  await (await openFolder(folder)).close();
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
  const disk = await openFolder(folder, () => made);
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
  const disk = await openFolder(folder, () => made);
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
    openFolder(folder, () => {
      throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' });
    }),
    { message: /cannot be used \(EROFS/ },
  );
  const { made, codes } = failing(messagesIn(folder));
  const disk = await openFolder(folder, () => made);
  codes.append = 'EROFS';
  assert.throws(() => disk.append([messageOf(2)]), { code: 'unavailable' });
  assert.equal(disk.objection()?.state, 'disk-failed');
  await disk.close();
});
