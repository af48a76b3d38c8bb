import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createMemoryStore } from '../../../test/doubles/memory-store.ts';
import { createCluster, openWatch as open, seat, untilSoon } from '../../../test/doubles/watched-cluster.ts';
import { countedStore } from './quorum-store.ts';
import type { Quorum } from './quorum-watch.ts';
import { createVoterNote } from './voter-note.ts';

test('a new cluster counts once it has settled, and who counts is stored', async (t) => {
  const made = createCluster('1a', '2a', '3a');
  const quorum = open(t, made);
  await pause(100);
  assert.match(quorum.objection() ?? '', /not settled/);
  assert.throws(() => quorum.standing(), { code: 'unavailable' });
  await untilSoon('it counts', () => quorum.objection() === undefined);
  assert.equal(made.cluster.voters(), '1a 2a 3a');
});

test('a cluster that is not safe is not settled, and its voters are not changed', async (t) => {
  const made = createCluster('1a', '2a', '3a');
  made.cluster.safe = false;
  const quorum = open(t, made);
  await pause(3_500);
  assert.match(quorum.objection() ?? '', /not settled/);
  assert.equal(made.cluster.stored, undefined);
});

test('where nobody says that every copy is in its place, stores wait for a while, and then it does not count', async (t) => {
  const made = createCluster('1a', '2a');
  made.cluster.stored = JSON.stringify({ version: 1, seats: ['1a', '2a'].map(seat) });
  made.cluster.safe = undefined;
  let aheadMs = 0;
  const quorum = open(
    t,
    made,
    () => {},
    () => performance.now() + aheadMs,
  );
  await untilSoon('it counts', () => quorum.objection() === undefined);
  const warnings: Error[] = [];
  const warn = (warning: Error) => void warnings.push(warning);
  process.on('warning', warn);
  t.after(() => process.off('warning', warn));
  const store = countedStore(createMemoryStore(), quorum);
  const stores = Array.from({ length: 12 }, () => store.store([]));
  for (const { status } of await Promise.allSettled(stores)) assert.equal(status, 'rejected');
  assert.deepEqual(warnings, []);
  aheadMs = 15_000;
  await untilSoon('it does not count', () =>
    /does not say that every copy is in its place/.test(quorum.objection() ?? ''),
  );
  made.cluster.safe = true;
  await untilSoon('it counts again', () => quorum.objection() === undefined);
  assert.deepEqual(await store.store([{ UUID: 'a', msg: 'a' }]), ['stored']);
});

test('a dead member is taken out of the voters, a frozen one is not; alone beside two frozen ones it does not count', async (t) => {
  const made = createCluster('1a', '2a', '3a');
  const { cluster } = made;
  const quorum = open(t, made);
  await untilSoon('it counts', () => quorum.objection() === undefined);
  cluster.seats = ['1a', '2a'].map(seat);
  cluster.living.add('member-3');
  await pause(700);
  assert.equal(quorum.objection(), undefined);
  assert.equal(cluster.voters(), '1a 2a 3a');
  cluster.seats = [seat('1a')];
  cluster.living.add('member-2');
  await untilSoon('it does not count', () => quorum.objection() !== undefined);
  assert.match(quorum.objection() ?? '', /member-2 and member-3 may live elsewhere/);
  cluster.living.clear();
  await untilSoon('it counts alone', () => quorum.objection() === undefined);
  await untilSoon('the dead are taken out', () => cluster.voters() === '1a');
});

test('when a member has left, stores wait until every copy is in its place; when one joins, they do not', async (t) => {
  const made = createCluster('1a', '2a', '3a');
  const { cluster } = made;
  const quorum = open(t, made);
  await untilSoon('it counts', () => quorum.objection() === undefined);
  cluster.safe = false;
  cluster.living.add('member-3');
  cluster.seats = ['1a', '2a'].map(seat);
  const store = countedStore(createMemoryStore(), quorum);
  const message = { UUID: 'a', msg: 'a' };
  await untilSoon('it is seen', () => quorum.standing().view.length === 2);
  await assert.rejects(store.store([message]), { code: 'unavailable', message: /has left/ });
  const waiting = store.store([message]);
  await pause(200);
  cluster.safe = true;
  assert.deepEqual(await waiting, ['stored']);
  cluster.safe = false;
  cluster.seats = ['1a', '2a', '3b'].map(seat);
  await untilSoon('the third one is seen', () => quorum.standing().view.length === 3);
  assert.deepEqual(await store.store([{ UUID: 'b', msg: 'b' }]), ['stored']);
});

test('what is stored is acknowledged only if view and voters stand afterwards', async (t) => {
  const made = createCluster('1a', '2a', '3a');
  const { cluster } = made;
  const quorum = open(t, made);
  await untilSoon('it counts', () => quorum.objection() === undefined);
  const inner = createMemoryStore();
  let meanwhile = () => {};
  const store = countedStore(
    { ...inner, store: (messages) => inner.store(messages).finally(() => meanwhile()) },
    quorum,
  );
  assert.deepEqual(await store.store([{ UUID: 'a', msg: 'a' }]), ['stored']);
  meanwhile = () => {
    cluster.seats = [seat('1a')];
  };
  await assert.rejects(store.store([{ UUID: 'b', msg: 'b' }]), { code: 'unavailable' });
  meanwhile = () => {};
  cluster.seats = ['1a', '2a', '3a'].map(seat);
  await untilSoon('it counts again', () => quorum.objection() === undefined && quorum.standing().view.length === 3);
  meanwhile = () => {
    cluster.stored = JSON.stringify({ version: 9, seats: [seat('2a'), seat('3a')] });
  };
  await assert.rejects(store.store([{ UUID: 'c', msg: 'c' }]), { code: 'unavailable' });
});

test('readers share a fence, one that begins after their pages came, and get nothing that it does not confirm', async (t) => {
  const made = createCluster('1a', '2a', '3a');
  const { cluster } = made;
  const quorum = open(t, made);
  await untilSoon('it counts', () => quorum.objection() === undefined);
  const store = countedStore(createMemoryStore(), quorum);
  const never = new AbortController().signal;
  const read = async () => {
    const pages = [];
    for await (const page of store.read({}, never)) pages.push(page);
    return pages.flat();
  };
  await store.store([{ UUID: 'a', msg: 'a' }]);
  cluster.fences = 0;
  const reads = await Promise.all(Array.from({ length: 10 }, read));
  assert.ok(reads.every(({ length }) => length === 1));
  assert.ok(cluster.fences <= 2, `${cluster.fences} fences`);
  // Left out while the fence is under way.
  cluster.onFence = async () => {
    cluster.seats = [seat('1a')];
  };
  await assert.rejects(read(), { code: 'unavailable' });
});

test('reads wait until a merged member has its part of the messages; stores do not', async (t) => {
  const made = createCluster('1a', '2a', '3a');
  const { cluster } = made;
  let merges = 0;
  const quorum = open(t, made, () => merges++);
  await untilSoon('it counts', () => quorum.objection() === undefined);
  const store = countedStore(createMemoryStore(), quorum);
  const read = () => store.read({}, new AbortController().signal)[Symbol.asyncIterator]().next();
  await read();
  merges = 0;
  cluster.living.add('member-3');
  cluster.seats = ['1a', '2a'].map(seat);
  await untilSoon(
    'it counts without it',
    () => quorum.objection() === undefined && quorum.standing().view.length === 2,
  );
  cluster.safe = false;
  cluster.seats = ['1a', '2a', '3a+'].map(seat);
  await untilSoon('it was seen', () => merges > 0 && quorum.standing().view.some(({ uuid }) => uuid === '3a+'));
  assert.deepEqual(await store.store([{ UUID: 'a', msg: 'a' }]), ['stored']);
  await assert.rejects(read(), { code: 'unavailable', message: /was merged/ });
  const waiting = read();
  await pause(200);
  cluster.safe = true;
  assert.equal((await waiting).value?.length, 1);
  assert.equal(cluster.voters(), '1a 2a 3a+');
});

test('a note beside the voters is seen by all, lasts while members come and go, and ends with those who had the messages', async (t) => {
  const made = createCluster('1a', '2a');
  const { cluster } = made;
  const [one, other] = [open(t, made), open(t, made)];
  const notes = createVoterNote(one, made.access);
  const noteIn = (quorum: Quorum) =>
    quorum.objection() === undefined ? notes.noteOf(quorum.standing()) : 'does not count';
  await untilSoon('it counts', () => one.objection() === undefined && other.objection() === undefined);
  const before = one.standing();
  assert.equal(await notes.replaceNote(before, 'filled'), true);
  assert.equal(await notes.replaceNote(before, 'another'), false);
  await untilSoon('both see it', () => noteIn(one) === 'filled' && noteIn(other) === 'filled');
  cluster.seats = ['1a', '3a'].map(seat);
  await untilSoon('the voters have changed', () => cluster.voters() === '1a 3a' && noteIn(one) === 'filled');
  cluster.seats = ['1b', '3b'].map(seat);
  await untilSoon('a new log has begun', () => cluster.voters() === '1b 3b' && noteIn(one) === undefined);
});
