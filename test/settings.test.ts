import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './launched.ts';

const MB = 1_048_576;

type Settings = Readonly<Record<string, string>>;

/** What the scripts print with some settings, and no others. */
function told(script: string, settings: Settings): string {
  const env = { PATH: process.env.PATH, ...settings };
  const options = { cwd: ROOT, env, encoding: 'utf8', stdio: 'pipe' } as const;
  return execFileSync('bash', ['-euc', `. deploy/launch.sh; ${script}`], options);
}

/** The room for messages that the launch scripts hand to the loggers. */
const roomFor = (settings: Settings) => told('read_settings; printf %s "$MAX_STORED_BYTES"', settings);

test('the room for messages follows from the members’ memory: two fifths of what is beyond 32 MB', () => {
  for (const [MEMBER_HEAP, megabytes] of [
    ['64m', 12.8],
    ['131072k', 38.4],
    ['512M', 192],
    ['1g', 396.8],
  ] as const) {
    assert.equal(Number(roomFor({ MEMBER_HEAP })), Math.floor(megabytes * MB), MEMBER_HEAP);
  }
  assert.equal(roomFor({}), roomFor({ MEMBER_HEAP: '512m' }));
});

test('it can be set, and members that are not ours have no limit of their own', () => {
  assert.equal(roomFor({ MAX_STORED_BYTES: '1000000' }), '1000000');
  assert.equal(roomFor({ HAZELCAST_RUNTIME: 'external', HAZELCAST_ADDRESSES: 'a:1,b:1,c:1' }), '');
});

test('what is kept on disk, and what is gone from it, is checked', () => {
  assert.doesNotThrow(() => roomFor({ DURABLE: '1', DATA_DIR: '/my data', DATA_WITHOUT: 'logger-1,logger-3' }));
  for (const [name, value] of [
    ['DURABLE', 'yes'],
    ['DATA_WITHOUT', 'logger-9'],
  ] as const)
    assert.throws(() => roomFor({ [name]: value }), new RegExp(`${name} must be`));
});

test('the folder of a logger may have any name, whatever shell starts the logger', () => {
  const folderOf = (settings: Settings) => {
    const command = told('read_settings; service_command logger-2', settings);
    const env = { PATH: process.env.PATH, DATA_DIR: settings.DATA_DIR, DATA_FOLDER: '/of the terminal' };
    const printing = command.replace(/node \S+ logger-2$/, 'printenv DATA_FOLDER');
    return execFileSync('sh', ['-c', printing], { env, encoding: 'utf8' }).trimEnd();
  };
  for (const DATA_DIR of ['/data', '/my data', '/jürgen/$HOME/"a\\b'])
    assert.equal(folderOf({ DURABLE: '1', DATA_DIR, LC_ALL: 'C' }), `${DATA_DIR}/logger-2`);
  assert.equal(folderOf({ DURABLE: '0' }), '');
});

test('a heap is refused that could not hold a member, or is none', () => {
  for (const MEMBER_HEAP of ['63m', '1k', '0m', '512', '-1g', '999999999999g']) {
    assert.throws(() => roomFor({ MEMBER_HEAP }), /MEMBER_HEAP must be .* at least 64m/, MEMBER_HEAP);
  }
});

test('the host of the facade is its own: the other services listen on loopback', () => {
  const hostOf = (service: string) =>
    / TRILOG_HOST=(\S+) /.exec(told(`read_settings; service_command ${service}`, { TRILOG_HOST: '0.0.0.0' }))?.[1];
  assert.deepEqual(['facade', 'messages', 'logger-2'].map(hostOf), ['0.0.0.0', '127.0.0.1', '127.0.0.1']);
});

test('the facade is asked where it listens', () => {
  for (const [TRILOG_HOST, url] of [
    ['', 'http://127.0.0.1:8000'],
    ['0.0.0.0', 'http://127.0.0.1:8000'],
    ['::', 'http://127.0.0.1:8000'],
    ['::1', 'http://[::1]:8000'],
    ['10.1.2.3', 'http://10.1.2.3:8000'],
  ] as const)
    assert.equal(told('read_settings; service_url facade', { TRILOG_HOST }), url);
});

test('as many loggers and members as LOGGERS says are everywhere', () => {
  const settings = { LOGGERS: '4', HAZELCAST_RUNTIME: 'jvm' };
  const urls = [1, 2, 3, 4].map((n) => `http://127.0.0.1:${7000 + n}`).join('\\,');
  assert.ok(told('read_settings; service_command facade', settings).includes(` LOGGER_URLS=${urls} `));
  const members = [1, 2, 3, 4].map((n) => `member-${n}=127.0.0.1:${5700 + n}`).join();
  assert.ok(told('read_settings; service_command logger-4', settings).includes(` HAZELCAST_MEMBERS=${members} `));
  const properties = told('read_settings; member_properties 4 2 1 2 3 true "$(for_each jvm_address)"', settings);
  assert.match(properties, /-Dtrilog\.members=127\.0\.0\.1:5711,.*,127\.0\.0\.1:5714 /);
  assert.match(properties, /required-member=127\.0\.0\.1:5712 /);
  for (const LOGGERS of ['2', '8', 'x']) assert.throws(() => told('read_settings', { LOGGERS }), /LOGGERS must be/);
});

test('a logger in another terminal has the settings of the launch that runs, not its own', () => {
  const script = `
    RUN_DIR=$(mktemp -d); read_settings; save_settings; launch_is_running() { true; }
    MAX_MESSAGE_BYTES=7 LOGGERS=3; load_running_settings; env; echo "$NUMBERS"; rm -r "$RUN_DIR"`;
  const lines = told(script, { MAX_MESSAGE_BYTES: '200000', LOGGERS: '5' }).split('\n');
  for (const line of ['MAX_MESSAGE_BYTES=200000', '1 2 3 4 5']) assert.ok(lines.includes(line), line);
});

test('scripts with CRLF line ends say so, and do nothing; in a clone they have LF, whatever Git is told', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trilog-crlf-'));
  try {
    for (const script of ['launch.sh', 'launch-base.sh', 'launch-logger.sh', 'tour.sh']) {
      writeFileSync(join(folder, script), readFileSync(join(ROOT, script), 'utf8').replaceAll('\n', '\r\n'));
      const { status, stdout, stderr } = spawnSync('bash', [script], { cwd: folder, encoding: 'utf8' });
      assert.deepEqual([status, stdout], [1, ''], script);
      assert.match(stderr, /^These scripts have CRLF line ends\..*\n$/);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const eol = ['-c', 'core.autocrlf=true', 'check-attr', 'eol', '--', 'launch.sh', 'deploy/jobs.sh'];
  const told = execFileSync('git', eol, { cwd: ROOT, encoding: 'utf8' });
  assert.equal(told, 'launch.sh: eol: lf\ndeploy/jobs.sh: eol: lf\n');
});
