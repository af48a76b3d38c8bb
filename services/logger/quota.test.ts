import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSilentLog } from '../shared/log.ts';
import { costOf, createQuota, type Quota, type SharedNumber } from './quota.ts';

const LIMIT = 1_000_000;

/** A number that loggers share, each call taking a moment, and their quotas. */
function createCluster(stored = 0) {
  const cluster = { value: undefined as number | undefined, stored, counts: 0, fails: false };
  const moment = () => new Promise<void>((resolve) => setImmediate(resolve));
  const reserved: SharedNumber = {
    async get() {
      await moment();
      if (cluster.fails) throw new Error('the member is gone');
      return cluster.value;
    },
    async replace(expected, next) {
      await moment();
      if (cluster.value !== expected) return false;
      cluster.value = next;
      return true;
    },
  };
  const countStored = async () => {
    cluster.counts++;
    await moment();
    return cluster.stored;
  };
  const log = createSilentLog();
  return { cluster, openQuota: () => createQuota({ limitBytes: LIMIT, reserved, countStored, log }) };
}

/** Takes so often until it is refused; gives how much it got. */
async function fill(quota: Quota, bytes: number): Promise<number> {
  let taken = 0;
  while (await quota.take(bytes)) taken += bytes;
  return taken;
}

const settle = async () => {
  for (let n = 0; n < 20; n++) await new Promise(setImmediate);
};

test('a message costs its bytes of UTF-8, and what the members hold for each', () => {
  const cost = (msg: string) => costOf({ UUID: '', msg });
  assert.equal(cost('a'.repeat(100)) - cost(''), 100);
  assert.equal(cost('ж') - cost(''), 2);
  assert.equal(cost('😀') - cost(''), 4);
  assert.ok(cost('') >= 300);
});

test('loggers that take at once never have more than the limit together, and little is left over', async () => {
  const { cluster, openQuota } = createCluster(LIMIT); // so that no recount finds room
  cluster.value = 0;
  const fillers = [1, 2, 3].flatMap(() => {
    const quota = openQuota();
    return [600, 700, 5_000].map((bytes) => fill(quota, bytes));
  });
  const taken = (await Promise.all(fillers)).reduce((sum, bytes) => sum + bytes, 0);
  assert.ok(taken <= LIMIT, `${taken}`);
  assert.ok(taken >= 0.97 * LIMIT, `${taken}`);
});

test('most messages are stored without asking the cluster', async () => {
  const { cluster, openQuota } = createCluster();
  const quota = openQuota();
  await quota.take(10);
  cluster.fails = true;
  for (let n = 0; n < 300; n++) assert.ok(await quota.take(10));
  await assert.rejects(async () => {
    for (;;) await quota.take(100);
  }, /the member is gone/);
  cluster.fails = false;
  assert.ok(await quota.take(100));
});

test('what is given back can be taken again', async () => {
  const { cluster, openQuota } = createCluster(LIMIT);
  cluster.value = 0;
  const quota = openQuota();
  await fill(quota, 100_000);
  assert.equal(await quota.take(1_000), false);
  quota.giveBack(1_000);
  assert.equal(await quota.take(1_000), true);
  assert.equal(await quota.take(1_000), false);
});

test('without a number in the cluster, what is stored there is counted', async () => {
  const { openQuota } = createCluster(LIMIT - 10_000);
  const quota = openQuota();
  assert.equal(await fill(quota, 1_000), 10_000);
});

test('before it is full for good, what is really stored is counted once, and room that was only reserved is used', async () => {
  const { cluster, openQuota } = createCluster(300_000);
  cluster.value = LIMIT; // 700,000 of it by loggers that were killed, or lost with their members
  const quota = openQuota();
  assert.equal(await quota.take(1_000), false);
  await settle();
  const more = await fill(quota, 1_000);
  assert.ok(more > 600_000 && more <= 700_000, `${more}`);
  cluster.stored = LIMIT;
  for (let n = 0; n < 5; n++) {
    assert.equal(await quota.take(1_000), false);
    await settle();
  }
  assert.equal(cluster.counts, 2);
});

test('a recount does not take back what others have reserved meanwhile', async () => {
  const { cluster, openQuota } = createCluster(300_000);
  cluster.value = LIMIT - 1_000;
  const quota = openQuota();
  assert.equal(await quota.take(2_000), false);
  cluster.value = LIMIT; // by another logger, while this one counts
  await settle();
  assert.equal(cluster.value, LIMIT);
});
