import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../../test/until.ts';
import { createSilentLog } from '../../shared/observing/log.ts';
import type { SharedEntry } from '../member/shared-entry.ts';
import { createQuota, type Quota } from './quota.ts';
import { costOf } from './quota-store.ts';

const LIMIT = 1_000_000;

/** A number that loggers share, each call taking a moment, and their quotas. */
function createCluster(stored = 0) {
  const cluster = { value: undefined as number | undefined, stored, counts: 0, fails: false, meanwhile: () => {} };
  const moment = () => new Promise<void>((resolve) => setImmediate(resolve));
  const reserved: SharedEntry<number> = {
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
    if (cluster.fails) throw new Error('the member is gone');
    cluster.meanwhile();
    return cluster.stored;
  };
  const log = createSilentLog();
  const openQuota = (times: { readonly checkEveryMs?: number; readonly checkSoonMs?: number } = {}) =>
    createQuota({ limitBytes: LIMIT, reserved, countStored, log, ...times });
  return { cluster, openQuota };
}

/** Takes so often until it is refused; gives how much it got. What it takes is stored in a cluster, if one is given. */
async function fill(quota: Quota, bytes: number, cluster = { stored: 0 }): Promise<number> {
  let taken = 0;
  for (; await quota.take(bytes); taken += bytes) cluster.stored += bytes;
  return taken;
}

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

test('before anything is refused, what is really stored is counted, and room that was only reserved is used', async () => {
  const { cluster, openQuota } = createCluster(300_000);
  cluster.value = LIMIT; // 700,000 of it by loggers that were killed, or lost with their members
  const quota = openQuota();
  const more = await fill(quota, 1_000, cluster);
  assert.ok(more > 600_000 && more <= 700_000, `${more}`);
  cluster.counts = 0;
  for (let n = 0; n < 5; n++) assert.equal(await quota.take(1_000), false);
  assert.equal(cluster.counts, 0, 'it was counted at the end of the filling, and nothing has changed since');
});

test('batches that find no room at the same time wait for one count', async () => {
  const { cluster, openQuota } = createCluster(300_000);
  cluster.value = LIMIT;
  const quota = openQuota();
  assert.deepEqual(await Promise.all([1, 2, 3, 4].map(() => quota.take(1_000))), [true, true, true, true]);
  assert.equal(cluster.counts, 1);
});

test('nothing is refused for want of room as long as that cannot be counted', async () => {
  const { cluster, openQuota } = createCluster(300_000);
  cluster.value = LIMIT;
  const quota = openQuota();
  cluster.fails = true;
  await assert.rejects(quota.take(1_000), /the member is gone/);
  cluster.fails = false;
  assert.equal(await quota.take(1_000), true);
});

test('a count does not take back what others have reserved meanwhile', async () => {
  const { cluster, openQuota } = createCluster(300_000);
  cluster.value = LIMIT - 1_000;
  const quota = openQuota();
  const values: (number | undefined)[] = [];
  cluster.meanwhile = () => {
    values.push(cluster.value);
    if (values.length === 1) cluster.value = LIMIT; // by another logger, while this one counts
  };
  assert.equal(await quota.take(2_000), true);
  assert.deepEqual(values, [LIMIT - 1_000, LIMIT]);
});

test('what a merge has brought is reserved before long, whatever others reserve meanwhile', async () => {
  const { cluster, openQuota } = createCluster(500_000);
  cluster.value = 100_000;
  cluster.meanwhile = () => {
    cluster.value = 110_000;
  };
  const quota = openQuota({ checkSoonMs: 10 });
  quota.checkSoon();
  quota.checkSoon();
  await pause(100);
  assert.equal(cluster.value, 562_500);
  assert.equal(cluster.counts, 1);
  cluster.meanwhile = () => {};
  await fill(quota, 1_000, cluster);
  assert.ok(cluster.stored <= LIMIT && cluster.stored > 0.93 * LIMIT, `${cluster.stored}`);
  quota.close();
});

test('after members were filled nobody waits for a count', async () => {
  const { cluster, openQuota } = createCluster(500_000);
  const [one, other] = [openQuota({ checkSoonMs: 10 }), openQuota({})];
  await Promise.all([one.brought(200_000), other.brought(300_000), one.brought(100_000)]);
  assert.equal(await other.take(1_000), true);
  assert.equal(cluster.counts, 0);
  one.checkSoon();
  await until('it is counted', 10_000, async () => cluster.counts === 1 && (cluster.value ?? 0) < 600_000);
  one.close();
});

test('what is reserved and not stored yet is not taken for an error', async () => {
  const { cluster, openQuota } = createCluster(300_000);
  cluster.value = 310_000;
  const quota = openQuota({ checkSoonMs: 10 });
  quota.checkSoon();
  await pause(100);
  assert.deepEqual([cluster.value, cluster.counts], [310_000, 1]);
  quota.close();
});

test('it is compared again and again, and sooner if that fails, until the quota is closed', async () => {
  const { cluster, openQuota } = createCluster(500_000);
  cluster.value = 100_000;
  cluster.fails = true;
  const quota = openQuota({ checkEveryMs: 100, checkSoonMs: 10 });
  await pause(150);
  assert.equal(cluster.value, 100_000);
  cluster.fails = false;
  const comesTo = (value: number) => until(`it comes to ${value}`, 10_000, async () => cluster.value === value);
  await comesTo(562_500);
  cluster.stored = 700_000;
  await comesTo(762_500);
  quota.close();
  cluster.stored = 900_000;
  quota.checkSoon();
  await pause(150);
  assert.equal(cluster.value, 762_500);
});
