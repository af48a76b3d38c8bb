import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { v7 } from 'uuid';
import { openHazelcastStore } from '../services/logger/hazelcast-store.ts';
import { testMessageStore } from '../services/logger/message-store.contract.ts';
import type { MessageStore } from '../services/logger/message-store.ts';
import { createSilentLog } from '../services/shared/log.ts';
import { availableRuntimes, type Launched, launch, until } from './launched.ts';

type HazelcastStore = MessageStore & { close(): Promise<void> };
let trilog: Launched;
const stores = new Map<number, HazelcastStore>();
const opened: HazelcastStore[] = [];

function open(n: number): HazelcastStore {
  const store = openHazelcastStore(trilog.memberAddress(n), {
    clusterName: 'message-database',
    memberHealthUrl: trilog.memberHealthUrl(n),
    callTimeoutMs: 5_000,
    maxStoredBytes: 0,
    log: createSilentLog(),
  });
  stores.set(n, store);
  opened.push(store);
  return store;
}

const storeOf = (n: number): HazelcastStore => stores.get(n) ?? open(n);
const ready = (n: number) =>
  until(`the store of member-${n} is ready`, 30_000, async () => (await storeOf(n).status({ withSafety: true })).ready);

before(async () => {
  const [runtime] = await availableRuntimes();
  assert.ok(runtime, 'these tests need Java 17+ or a Docker engine');
  trilog = await launch('launch-base.sh', runtime);
  await Promise.all([1, 2, 3].map(ready));
});
after(async () => {
  await Promise.all(opened.map((store) => store.close()));
  await trilog.stop();
});

describe('the store on Hazelcast', () => {
  testMessageStore(() => storeOf(1));
});

test('a store is bound to its member: when that is gone it rejects at once and is not ready, while the others go on', async () => {
  const message = () => ({ UUID: v7(), msg: 'bound' });
  await storeOf(2).store([message()]);
  const underWay = Promise.allSettled(Array.from({ length: 50 }, () => storeOf(2).store([message()])));
  await trilog.member('kill', 2);
  await underWay; // whatever became of them: none hangs
  await until('its store has noticed', 1_000, async () => !(await storeOf(2).status({ withSafety: true })).ready);
  const began = performance.now();
  await assert.rejects(storeOf(2).store([message()]), { code: 'unavailable' });
  assert.ok(performance.now() - began < 100);
  await until('the others store', 5_000, async () => (await storeOf(1).store([message()]))[0] === 'stored');
  await storeOf(3).store([message()]);
  // Ever after: it does not go to another member instead.
  for (let n = 0; n < 20; n++) {
    assert.equal((await storeOf(2).status({ withSafety: true })).ready, false);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});

test('a store waits for its member, and is ready by itself within 3 s of it', async () => {
  const late = open(2);
  assert.equal((await late.status({ withSafety: true })).ready, false);
  assert.match((await late.status({ withSafety: true })).reason ?? '', /waits for its member at 127\.0\.0\.1:\d+/);
  await trilog.member('start', 2); // returns once the member answers
  await until('the store is ready', 3_000, async () => (await late.status({ withSafety: true })).ready);
  const message = { UUID: v7(), msg: 'back' };
  assert.deepEqual(await late.store([message]), ['stored']);
  await until(
    'it is whole again',
    20_000,
    async () => (await late.status({ withSafety: true })).safe === true && late.view()?.size === 3,
  );
});

test('a call to a member that does not answer ends by its deadline', async () => {
  await trilog.member('freeze', 3);
  const began = performance.now();
  const outcome = await storeOf(3)
    .store([{ UUID: v7(), msg: 'frozen' }])
    .catch((error: Error) => error);
  const took = performance.now() - began;
  await trilog.member('resume', 3);
  assert.ok(outcome instanceof Error);
  assert.ok(took < 5_500, `${took} ms`);
});
