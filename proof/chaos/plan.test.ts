import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAULTS, sortByPossible } from './faults/faults.ts';
import { parseOptions } from './options.ts';
import { commandFor, faultsFor, planFor } from './plan.ts';

const known = { faults: FAULTS.map(({ name }) => name), defects: [] };
const options = (line: string) => parseOptions(line.split(' ').filter(Boolean), known);
const order = (line: string) => planFor(options(line), faultsFor(options(line))).map(({ fault }) => fault.name);

test('no two faults have the same name', () => {
  assert.equal(new Set(known.faults).size, FAULTS.length);
});

test('the order is drawn from the seed: the same for the same one, another for another', () => {
  assert.deepEqual(order('--seed 5'), order('--seed 5'));
  assert.notDeepEqual(order('--seed 5'), order('--seed 6'));
  assert.deepEqual(order('--seed 5').toSorted(), order('--seed 6').toSorted());
});

test('mixed runs have a seed each, and no other faults unless they are named', () => {
  const mixed = options('--seed 7 --mixed 3');
  assert.deepEqual(
    planFor(mixed, faultsFor(mixed)).map(({ fault, seed, seconds }) => [fault.name, seed, seconds]),
    [7, 8, 9].map((seed) => [`mixed seed ${seed}`, seed, 30]),
  );
  assert.deepEqual(order('--mixed 1 --faults kill-logger'), ['kill-logger', 'mixed seed 1']);
});

test('a fault that is repeated has another seed each time', () => {
  const twice = options('--seed 7 --repeat 2 --faults kill-logger');
  assert.deepEqual(
    planFor(twice, faultsFor(twice)).map(({ fault, seed }) => [fault.name, seed]),
    [
      ['kill-logger', 7],
      ['kill-logger', 8],
    ],
  );
});

test('the command to do the same again means the same', () => {
  const line =
    '--seed 5 --faults kill-logger,kill-member --seconds 9 --rate 20 --repeat 2 --facades 2 --runtime jvm --no-times';
  const again = commandFor(options(line), 'jvm').split(' -- ')[1] ?? '';
  assert.deepEqual(options(again), options(line));
});

test('a network that cannot be cut is left out with a reason', async () => {
  const { possible, leftOut } = await sortByPossible(
    FAULTS.filter(({ name }) => name === 'cut-member' || name === 'kill-member'),
    'jvm',
  );
  assert.deepEqual(
    possible.map(({ name }) => name),
    ['kill-member'],
  );
  assert.match(leftOut[0]?.reason ?? '', /no network to cut/);
});

test('where all is in containers, what needs processes is left out with a reason, and networks can be cut', async () => {
  const { possible, leftOut } = await sortByPossible(
    FAULTS.filter(({ name }) => name === 'silent-logger' || name === 'disconnect-member'),
    'compose',
  );
  assert.deepEqual(
    possible.map(({ name }) => name),
    ['disconnect-member'],
  );
  assert.match(leftOut[0]?.reason ?? '', /nothing of the instrument is between/);
});
