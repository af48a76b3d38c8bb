import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMerging } from './merging.ts';

/** The first two characters are the process. */
const seats = (...uuids: string[]) =>
  uuids.map((uuid) => ({ name: `member-${uuid[0]}`, process: uuid.slice(0, 2), uuid }));

test('a member that was merged is not in its place until it is a voter', () => {
  const isMerging = createMerging();
  assert.equal(isMerging(seats('1a-', '2a-'), seats('1a-', '2a-')), false);
  assert.equal(isMerging(seats('1a-'), seats('1a-', '2a-')), false);
  assert.equal(isMerging(seats('1a-', '2a+'), seats('1a-', '2a-')), true);
  assert.equal(isMerging(seats('1a-', '2a+'), seats('1a-', '2a-')), true);
  assert.equal(isMerging(seats('1a-', '2a+'), seats('1a-', '2a+')), false);
  assert.equal(isMerging(seats('1a-', '2a!'), seats('1a-', '2a+')), true);
});

test('one that was started anew is in its place, also before it is a voter; merged after that, it is not', () => {
  const isMerging = createMerging();
  assert.equal(isMerging(seats('1a-', '2b-'), seats('1a-', '2a-')), false);
  assert.equal(isMerging(seats('1a-', '2b-'), seats('1a-', '2a-')), false);
  assert.equal(isMerging(seats('1a-', '2b+'), seats('1a-', '2a-')), true);
});

test('one that was taken for dead, and so is no voter any more, is known again by its process', () => {
  const isMerging = createMerging();
  assert.equal(isMerging(seats('1a-', '2a-'), seats('1a-', '2a-')), false);
  assert.equal(isMerging(seats('1a-'), seats('1a-')), false);
  assert.equal(isMerging(seats('1a-', '2a+'), seats('1a-')), true);
  assert.equal(isMerging(seats('1a-', '2a+'), seats('1a-', '2a+')), false);
});

test('a member that does not name its process may have been merged whenever it joins', () => {
  const isMerging = createMerging();
  const joined = [...seats('1a-'), { name: '127.0.0.1:5702', process: 'c', uuid: 'c' }];
  assert.equal(isMerging(joined, seats('1a-')), true);
  assert.equal(isMerging(joined, seats('1a-')), true);
  assert.equal(isMerging(joined, joined), false);
});

test('a logger that did not see the merge knows of it by the voters', () => {
  assert.equal(createMerging()(seats('1a-', '2a+'), seats('1a-', '2a-')), true);
});
