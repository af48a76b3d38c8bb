import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '../command-line.ts';
import { parseOptions } from './options.ts';

const known = { faults: ['kill-logger', 'kill-member'], defects: ['no-backups'] };

test('without options every fault is meant, with the seed 1 and 200 messages a second', () => {
  assert.deepEqual(parseOptions([], known), {
    seed: 1,
    faults: [],
    seconds: 0,
    rate: 200,
    repeat: 1,
    facades: 1,
    mixed: 0,
    times: true,
    list: false,
  });
});

test('all options are read', () => {
  const line =
    '--seed 7 --faults kill-member,kill-logger --seconds 5 --rate 50 --repeat 10 --facades 2 --no-times --out x';
  assert.deepEqual(parseOptions([...line.split(' '), '--runtime', 'docker'], known), {
    seed: 7,
    faults: ['kill-member', 'kill-logger'],
    seconds: 5,
    rate: 50,
    repeat: 10,
    facades: 2,
    mixed: 0,
    runtime: 'docker',
    times: false,
    out: 'x',
    list: false,
  });
  assert.equal(parseOptions(['--mixed', '100'], known).mixed, 100);
  assert.equal(parseOptions(['--broken', 'all'], known).broken, 'all');
});

test('every problem is named at once', () => {
  const line =
    '--seed x --rate 0 --repeat 0 --facades 3 --seconds -1 --faults kill-moon --runtime k8s --broken no-such';
  assert.throws(
    () => parseOptions(line.replace('--seconds -1', '--seconds=-1').split(' '), known),
    (error) =>
      error instanceof UsageError &&
      ['--seed', '--rate', '--repeat', '--facades', '--seconds', 'kill-moon', 'k8s', 'no-such'].every((part) =>
        error.message.includes(part),
      ),
  );
  assert.throws(() => parseOptions('--runtime compose --mixed 3'.split(' '), known), UsageError);
  assert.throws(() => parseOptions(['--fault', 'kill-logger'], known), UsageError);
  assert.throws(() => parseOptions(['kill-logger'], known), UsageError);
});
