import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createCluster, openWatch as open, seat, untilSoon } from '../../../test/doubles/watched-cluster.ts';

test('another member may fail only once every copy is in its place, and all members are voters', async (t) => {
  const made = createCluster('1a', '2a', '3a');
  const { cluster } = made;
  cluster.safe = false;
  const quorum = open(t, made);
  await pause(200);
  assert.equal(quorum.isUpToDate(), false, 'it does not count yet');
  cluster.safe = true;
  await untilSoon('it counts', () => quorum.isUpToDate());
  assert.equal(cluster.voters(), '1a 2a 3a');
  cluster.safe = false;
  cluster.seats = ['1a', '2a', '3ab'].map(seat);
  await untilSoon('a member is back from a merge', () => !quorum.isUpToDate());
  await pause(200);
  assert.equal(quorum.isUpToDate(), false, 'it is no voter yet');
  cluster.safe = true;
  await untilSoon('it is a voter', () => quorum.isUpToDate());
  assert.equal(cluster.voters(), '1a 2a 3ab');
  cluster.safe = false;
  cluster.living.add('member-3');
  cluster.seats = ['1a', '2a'].map(seat);
  await untilSoon('a member has left', () => !quorum.isUpToDate());
  cluster.safe = true;
  await untilSoon('stores go on', () => quorum.standing().view.length === 2);
  await quorum.placed();
  await pause(200);
  assert.equal(
    quorum.isUpToDate(),
    false,
    'it may be frozen, and is a voter still: without another one nobody would serve',
  );
  cluster.living.clear();
  await untilSoon('it is dead, and no voter any more', () => quorum.isUpToDate());
  assert.equal(cluster.voters(), '1a 2a');
});
