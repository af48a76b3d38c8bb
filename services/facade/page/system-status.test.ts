import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLoggerPool } from '../logger-pool.ts';
import type { MapLayout } from './inspector.ts';
import { type LoggerStatus, loggerStatuses, memberStatuses } from './system-status.ts';

const addresses = new Map([1, 2, 3].map((n) => [`member-${n}`, `127.0.0.1:570${n}`]));
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
const statuses = (told: MapLayout | undefined, loggers: readonly LoggerStatus[] = [], of = addresses) =>
  memberStatuses({ addresses: of, layout: told, loggers, seen: new Set() });

test('each member has what its partitions have, and copies of the rest', () => {
  assert.deepEqual(statuses(layout), [
    { name: 'member-1', state: 'up', partitions: 1, entries: 5, backups: 13 },
    { name: 'member-2', state: 'gone' },
    { name: 'member-3', state: 'up', partitions: 2, entries: 13, backups: 5 },
  ]);
});

test('before anything was counted, no member is said to have nothing', () => {
  assert.deepEqual(statuses({ ...layout, entries: [], size: 0, isExact: false }).slice(0, 1), [
    { name: 'member-1', state: 'up', partitions: 1 },
  ]);
});

test('where clients cannot tell who has the backups, none are shown', () => {
  const { copies: _, ...untold } = layout;
  const [first] = statuses(untold);
  assert.deepEqual(first, { name: 'member-1', state: 'up', partitions: 1, entries: 5 });
});

test('a member whose logger waits for it is silent', () => {
  const logger: LoggerStatus = { name: 'logger-3', state: 'waiting', reason: '', member: 'member-3', took: 0 };
  assert.equal(statuses(layout, [logger])[2]?.state, 'silent');
});

test('there are as many members as are configured, whatever the number of loggers; a logger has the one that it tells', () => {
  const loggers = [1, 2, 3, 4].map((n) => ({ name: `logger-${n}`, url: `http://127.0.0.1:700${n}` }));
  const pool = createLoggerPool(loggers, Math.random);
  const [first, , , fourth] = loggers;
  assert.ok(first && fourth);
  pool.setHealth(fourth, { ready: true, state: 'ready', member: '127.0.0.1:5702' });
  pool.setHealth(first, { ready: false, state: 'unreachable' });
  const told = loggerStatuses(pool, { stored: 0, found: 0, pending: 0, byLogger: {} }, addresses);
  assert.deepEqual(
    told.map(({ member }) => member),
    ['member-1', 'member-2', 'member-3', 'member-2'],
  );
  const shown = statuses({ ...layout, members: ['member-1', 'member-2', 'member-3'] }, told);
  assert.deepEqual(
    shown.map(({ name }) => name),
    ['member-1', 'member-2', 'member-3'],
  );
});

test('members of a cluster that is not ours, which are configured without names, are those that were seen', () => {
  const external = new Map([1, 2, 3].map((n) => [`10.0.0.${n}:5701`, `10.0.0.${n}:5701`]));
  assert.deepEqual(statuses(undefined, [], external), []);
  assert.deepEqual(
    statuses({ ...layout, members: ['one', 'two'] }, [], external).map(({ name }) => name),
    ['one', 'two'],
  );
});
