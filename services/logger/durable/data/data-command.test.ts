import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  type PathLike,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, test } from 'node:test';
import { createSilentLog } from '../../../shared/observing/log.ts';
import { openDisk } from '../disk.ts';
import { messagesIn } from '../folder.ts';
import { runDataCommand } from './data-command.ts';

const root = mkdtempSync(join(tmpdir(), 'trilog-data-'));
after(() => rmSync(root, { recursive: true }));

/** Runs a command, and gives its status and what it printed. */
const run = (...args: string[]) => runWith(undefined, ...args);

async function runWith(access: Parameters<typeof runDataCommand>[3], ...args: string[]) {
  const printed = { out: '', err: '' };
  const to = (name: 'out' | 'err') =>
    new Writable({
      write(chunk, _encoding, done) {
        printed[name] += chunk;
        done();
      },
    });
  const status = await runDataCommand(args, to('out'), to('err'), access);
  return { status, ...printed };
}

const NAMES = 'logger-1,logger-2';
const messages = [1, 2, 3].map((n) => ({ UUID: `0198c0de-0000-7000-8000-00000000000${n}`, msg: `text\n${n}` }));

async function newData(name: string): Promise<string> {
  const data = join(root, name);
  assert.equal((await run('prepare', data, NAMES)).status, 0);
  const disk = await openDisk({ folder: join(data, 'logger-1'), name: 'logger-1', log: createSilentLog() });
  const batch = disk.append(messages);
  await batch.synced;
  batch.settle([]);
  await disk.close();
  return data;
}

test('folders are made if there are none, and are taken as they are afterwards', async () => {
  const data = await newData('new');
  const first = await run('check', join(data, 'logger-1'), join(data, 'logger-2'));
  assert.equal(first.status, 0);
  assert.match(first.out, /logger-1: 3 messages in \d+ bytes, of logger-1, of the log [0-9a-f-]{36}\n/);
  assert.match(first.out, /logger-2: 0 messages/);
  const again = await run('prepare', data, NAMES);
  assert.equal(again.status, 0);
  assert.match(again.out, /Messages are kept on disk, in .*new \(0\.0 MB, the log [0-9a-f-]{36}\)/);
  assert.equal((await run('check', join(data, 'logger-1'), join(data, 'logger-2'))).out, first.out);
});

test('messages are printed as POST takes them', async () => {
  const data = await newData('printed');
  const { status, out } = await run('cat', join(data, 'logger-1'));
  assert.equal(status, 0);
  assert.deepEqual(
    out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
    messages,
  );
});

test('a folder that is missing, or of another log or logger, is named, with the word to go on without it', async () => {
  const data = await newData('missing');
  const other = await newData('other');
  const folder = join(data, 'logger-2');
  rmSync(folder, { recursive: true });
  const missing = await run('prepare', data, NAMES);
  assert.equal(missing.status, 1);
  assert.ok(missing.err.includes(folder) && /is missing.*DATA_WITHOUT=logger-2/.test(missing.err), missing.err);
  assert.equal(existsSync(folder), false);
  renameSync(join(other, 'logger-2'), folder);
  const foreign = await run('prepare', data, NAMES);
  assert.equal(foreign.status, 1);
  assert.match(foreign.err, /belongs to another log/);
  rmSync(folder, { recursive: true });
  cpSync(join(data, 'logger-1'), folder, { recursive: true });
  assert.match((await run('prepare', data, NAMES)).err, /logger-2 belongs to logger-1/);
  const without = await run('prepare', data, NAMES, 'logger-2');
  assert.equal(without.status, 0);
  const left = readdirSync(folder).find((name) => name.startsWith('messages.log.left-')) ?? assert.fail();
  assert.ok(readFileSync(join(folder, left)).length > 0, 'nothing is thrown away');
  assert.equal((await run('prepare', data, NAMES)).status, 0);
  writeFileSync(join(folder, 'log.json'), '{');
  assert.equal((await run('prepare', data, NAMES)).status, 1);
  assert.equal((await run('prepare', data, NAMES, 'logger-2')).status, 0);
});

test('nothing is changed where anything is wrong', async () => {
  const data = await newData('untouched');
  const files = () => readdirSync(data, { recursive: true }).sort();
  const before = files();
  const more = await run('prepare', data, `${NAMES},logger-3`, 'logger-1');
  assert.equal(more.status, 1);
  assert.match(more.err, /is of logger-1, logger-2, not of logger-1, logger-2, logger-3: start as many loggers\.\n$/);
  assert.deepEqual(files(), before);
  rmSync(messagesIn(join(data, 'logger-2')));
  assert.match((await run('prepare', data, NAMES, 'logger-1')).err, /logger-2 has no messages\.log/);
  assert.ok(readFileSync(messagesIn(join(data, 'logger-1'))).length > 0);
});

test('a folder that cannot be written is named, without a word to go on', async () => {
  const data = await newData('readonly');
  const access = (path: PathLike) => {
    if (String(path).includes('logger-2'))
      throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' });
  };
  const { status, err } = await runWith(access, 'prepare', data, NAMES);
  assert.equal(status, 1);
  assert.equal(err, `The folder ${join(data, 'logger-2')} cannot be written (EROFS: read-only file system).\n`);
});

test('damage is told by folder and place, and the rest is printed', async () => {
  const data = await newData('damaged');
  const folder = join(data, 'logger-1');
  const disk = await openDisk({ folder, name: 'logger-1', log: createSilentLog() });
  const more = disk.append([{ UUID: '0198c0de-0000-7000-8000-000000000009', msg: 'behind it' }]);
  await more.synced;
  more.settle([]);
  await disk.close();
  const path = messagesIn(folder);
  const content = readFileSync(path);
  content[60] = 0;
  writeFileSync(path, content);
  const checked = await run('check', folder);
  assert.equal(checked.status, 1);
  assert.match(checked.err, /logger-1: damaged from byte 0 to \d+ of messages\.log/);
  const printed = await run('cat', folder);
  assert.equal(printed.status, 1);
  assert.match(printed.out, /^\{"UUID":"0198c0de-0000-7000-8000-000000000009","msg":"behind it"\}\n$/);
  assert.match(printed.err, /is not printed/);
});

test('what was refused is not printed, also behind damage', async () => {
  const data = await newData('voided');
  const folder = join(data, 'logger-1');
  const disk = await openDisk({ folder, name: 'logger-1', log: createSilentLog() });
  const texts = ['refused', 'kept', 'next'];
  for (const [index, msg] of texts.entries()) {
    const batch = disk.append([{ UUID: `0198c0de-0000-7000-8000-00000000001${index}`, msg }]);
    await batch.synced;
    batch.settle(msg === 'refused' ? [0] : []);
  }
  await disk.close();
  const content = readFileSync(messagesIn(folder));
  content[60] = 0;
  writeFileSync(messagesIn(folder), content);
  const { out } = await run('cat', folder);
  assert.deepEqual(
    [...out.matchAll(/"msg":"(\w+)"/g)].map(([, text]) => text),
    ['kept', 'next'],
  );
  assert.doesNotMatch((await run('check', folder)).out, /not known/);
});

test('a tail that was being written is no damage', async () => {
  const data = await newData('torn');
  appendFileSync(messagesIn(join(data, 'logger-1')), 'b 000000');
  const { status, out } = await run('check', join(data, 'logger-1'));
  assert.equal(status, 0);
  assert.match(out, /8 bytes at its end that were being written/);
});

test('anything else is told how to use it', async () => {
  for (const args of [[], ['check'], ['cat'], ['prepare', 'data'], ['what', 'data']]) {
    const { status, err } = await run(...args);
    assert.equal(status, 2);
    assert.match(err, /^Usage/);
  }
  assert.equal((await run('check', join(root, 'nowhere'))).status, 1);
});
