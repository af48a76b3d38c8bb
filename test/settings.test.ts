import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { ROOT } from './launched.ts';

const MB = 1_048_576;

/** The room for messages that the launch scripts hand to the loggers. */
function roomFor(settings: Readonly<Record<string, string>>): string {
  const script = '. deploy/settings.sh; read_settings; printf %s "$MAX_STORED_BYTES"';
  const { MEMBER_HEAP: _, MAX_STORED_BYTES: __, HAZELCAST_RUNTIME: ___, ...others } = process.env;
  const env = { ...others, ...settings };
  return execFileSync('bash', ['-euc', script], { cwd: ROOT, env, encoding: 'utf8', stdio: 'pipe' });
}

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
  assert.doesNotThrow(() => roomFor({ DURABLE: '1', DATA_DIR: '/data', DATA_WITHOUT: 'logger-1,logger-3' }));
  for (const [name, value] of [
    ['DURABLE', 'yes'],
    ['DATA_DIR', 'a b'],
    ['DATA_WITHOUT', 'logger-4'],
  ] as const)
    assert.throws(() => roomFor({ [name]: value }), new RegExp(`${name} must be`));
});

test('a heap is refused that could not hold a member, or is none', () => {
  for (const MEMBER_HEAP of ['63m', '1k', '0m', '512', '-1g', '999999999999g']) {
    assert.throws(() => roomFor({ MEMBER_HEAP }), /MEMBER_HEAP must be .* at least 64m/, MEMBER_HEAP);
  }
});
