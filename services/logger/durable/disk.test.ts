import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addBatches, createDiskFolders, messageOf, openFolder, readAll } from '../../../test/doubles/disk-folder.ts';
import { messagesIn } from './folder.ts';
import { openLogFile } from './log-file.ts';

const { root, newFolder } = createDiskFolders();

test('what was added is there after the folder is opened again, and it goes on behind it', async () => {
  const folder = newFolder();
  const first = await openFolder(folder, openLogFile);
  await addBatches(first, 5);
  await first.close();
  const second = await openFolder(folder);
  await addBatches(second, 5);
  const expected = Array.from({ length: second.figures().messages }, (_, n) => messageOf(n));
  assert.deepEqual(await readAll(second), expected);
  await second.close();
});

test('wherever the file ends after a power cut, all that was synced before is there, and new messages are taken', async () => {
  const folder = newFolder();
  const whole = await openFolder(folder);
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
    const cut = await openFolder(folder);
    const left = ends.findLast(({ end }) => end <= size)?.messages ?? 0;
    assert.equal(cut.figures().messages, left, `cut at ${size}`);
    await cut.append([messageOf(99)]).synced;
    assert.deepEqual(await readAll(cut), [...Array.from({ length: left }, (_, n) => messageOf(n)), messageOf(99)]);
    await cut.close();
  }
});

test('writes that were never synced and came to the disk in any order are cut off', async () => {
  const folder = newFolder();
  const disk = await openFolder(folder);
  await addBatches(disk, 2);
  const { bytes, messages } = disk.figures();
  for (let n = 0; n < 3; n++) disk.append([messageOf(50 + n)]);
  const path = messagesIn(folder);
  const content = readFileSync(path);
  await disk.close();
  content.fill(0, bytes, bytes + 60); // the first of the three did not come there
  writeFileSync(path, content);
  const again = await openFolder(folder);
  assert.deepEqual(again.figures(), { bytes, messages });
  await again.close();
});

test('a flipped bit anywhere in what was synced is found, and the folder and the place are named', async () => {
  const folder = newFolder();
  const disk = await openFolder(folder);
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
    await assert.rejects(openFolder(folder), (error: Error) => {
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
  const disk = await openFolder(folder);
  const batch = disk.append([messageOf(1), messageOf(2), messageOf(3)]);
  disk.append([messageOf(4)]);
  batch.settle([1]);
  await disk.close();
  const again = await openFolder(folder);
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
