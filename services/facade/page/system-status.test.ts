import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MapLayout } from './inspector-client.ts';
import { type LoggerStatus, memberStatuses } from './system-status.ts';

const names = ['member-1', 'member-2', 'member-3'];
const layout: MapLayout = {
  members: ['member-1', 'member-3'],
  owners: [0, 1, 1],
  entries: [5, 6, 7],
  copies: 1,
  size: 18,
  isExact: true,
  isFresh: true,
  duplicated: 0,
  safe: true,
};

test('each member has what its partitions have, and copies of the rest', () => {
  assert.deepEqual(memberStatuses(names, layout, []), [
    { name: 'member-1', state: 'up', partitions: 1, entries: 5, backups: 13 },
    { name: 'member-2', state: 'gone' },
    { name: 'member-3', state: 'up', partitions: 2, entries: 13, backups: 5 },
  ]);
});

test('before anything was counted, no member is said to have nothing', () => {
  assert.deepEqual(memberStatuses(['member-1'], { ...layout, entries: [], size: 0, isExact: false }, []), [
    { name: 'member-1', state: 'up', partitions: 1 },
  ]);
});

test('where clients cannot tell who has the backups, none are shown', () => {
  const { copies: _, ...untold } = layout;
  const [first] = memberStatuses(names, untold, []);
  assert.deepEqual(first, { name: 'member-1', state: 'up', partitions: 1, entries: 5 });
});

test('a member whose logger waits for it is silent', () => {
  const logger: LoggerStatus = { name: 'logger-3', url: '', state: 'waiting', reason: '', took: 0 };
  assert.equal(memberStatuses(names, layout, [logger])[2]?.state, 'silent');
});
