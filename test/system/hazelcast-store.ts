import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'hazelcast-client';
import { v7 } from 'uuid';
import { type LoggerParts, openLoggerParts } from '../../services/logger/logger.ts';
import { getMaps } from '../../services/logger/member/connection.ts';
import { sampleKeys } from '../../services/logger/reading/key-sketch.ts';
import { createSilentLog } from '../../services/shared/observing/log.ts';
import { testMapInspector } from '../doubles/map-inspector.contract.ts';
import { testMessageStore } from '../doubles/message-store.contract.ts';
import type { SystemAt } from '../launched.ts';
import { until } from '../until.ts';
import { keep, storeConfig } from './store-config.ts';

type HazelcastStore = LoggerParts['store'] & Omit<ReturnType<typeof openLoggerParts>, 'store'>;

/** Tests a logger's store on the members of a system; one of them is killed, and brought back. */
export function testHazelcastStore(trilog: SystemAt): void {
  const stores = new Map<number, HazelcastStore>();
  const opened: HazelcastStore[] = [];

  function open(n: number, maxStoredBytes = 0): HazelcastStore {
    const parts = openLoggerParts(storeConfig(trilog, n, maxStoredBytes), createSilentLog());
    const store = { ...parts, ...parts.store };
    if (maxStoredBytes === 0) stores.set(n, store);
    opened.push(store);
    return store;
  }

  const storeOf = (n: number): HazelcastStore => stores.get(n) ?? open(n);
  const ready = (n: number) =>
    until(
      `the store of member-${n} is ready`,
      30_000,
      async () => (await storeOf(n).status({ withSafety: true })).ready,
    );

  before(() => Promise.all([1, 2, 3].map(ready)));
  after(() => Promise.all(opened.map((store) => store.close())));

  describe('the store on Hazelcast', () => {
    testMessageStore(() => storeOf(1));
  });

  describe('what there is to be seen of the map', () => {
    testMapInspector(
      () => storeOf(2),
      () => storeOf(2).inspector,
    );
  });

  test('stores with a limit share it: what is there counts, new messages are refused once it is used up, known ones are not', async () => {
    const isOpen = (store: HazelcastStore) =>
      until('the store is ready', 10_000, async () => (await store.status({ withSafety: false })).ready);
    const known = { UUID: v7(), msg: 'known' };
    await keep(storeOf(1), [known]);
    const tight = open(1, 1);
    await isOpen(tight);
    const messages = [known, { ...known, msg: 'another' }, { UUID: v7(), msg: 'new' }];
    assert.deepEqual(await tight.store(messages), ['present', 'conflict', 'full']);
    const before = await tight.storedBytes();
    assert.ok(before > 65_536, 'the texts of the tests before count');

    const limit = before + 500_000;
    const stores = [open(1, limit), open(2, limit), open(3, limit)];
    await Promise.all(stores.map(isOpen));
    const fill = async (store: HazelcastStore) => {
      for (let stored = 0; ; stored++) {
        const [outcome] = await store.store([{ UUID: v7(), msg: 'x'.repeat(1_000) }]);
        if (outcome === 'full') return stored;
        assert.equal(outcome, 'stored');
      }
    };
    const stored = (await Promise.all(stores.map(fill))).reduce((sum, count) => sum + count, 0);
    assert.ok(stored * 1_000 < 500_000 && stored * 1_600 > 450_000, `${stored} messages of 1,000 bytes`);
    const left = limit - (await tight.storedBytes());
    assert.ok(left >= 0 && left < 1_512, `${left} bytes are left: less than one more message takes`);
  });

  test('a large map is read whole and in order by a store that knows nothing of it, and counted exactly', async () => {
    const begin = Date.now() - 7_200_000;
    const keys = Array.from({ length: 24_000 }, (_, n) => v7({ msecs: begin + 300 * n }));
    const messages = keys.map((UUID) => ({ UUID, msg: 'one of many' }));
    for (let n = 0; n < keys.length; n += 500) await keep(storeOf(1), messages.slice(n, n + 500));
    const fresh = open(3, Number.MAX_SAFE_INTEGER);
    await until('the store is ready', 10_000, async () => (await fresh.status({ withSafety: false })).ready);
    const read: string[] = [];
    for await (const page of fresh.read({}, new AbortController().signal)) read.push(...page.map(({ UUID }) => UUID));
    assert.deepEqual(read, [...new Set(read)].sort());
    const stored = new Set(read);
    assert.deepEqual(
      keys.filter((UUID) => !stored.has(UUID)),
      [],
    );
    const layout = await until('all is counted', 30_000, async () => {
      const seen = await fresh.inspector.layout();
      return seen.isFresh && seen.isExact && seen;
    });
    assert.equal(layout.size, read.length);
    assert.equal(
      layout.entries.reduce((sum, count) => sum + count, 0),
      read.length,
    );
  });

  test('the keys of one partition are a sample of all', async () => {
    const client = await Client.newHazelcastClient({
      clusterName: 'message-database',
      network: { clusterMembers: [trilog.memberAddress(2)], smartRouting: false },
      properties: { 'hazelcast.logging.level': 'WARN' },
    });
    try {
      const maps = await getMaps(client);
      const all = (await maps.messages.keySet()).length;
      const { keys, oneOf } = await sampleKeys(maps.messages, maps.partitions);
      assert.deepEqual(keys, [...new Set(keys)].sort());
      assert.equal(oneOf, 271);
      assert.ok(keys.length * oneOf > all / 2 && keys.length * oneOf < 2 * all, `${keys.length} of ${all}`);
      const partitions = new Set(keys.map((key) => maps.partitions.getPartitionId(key)));
      assert.equal(partitions.size, 1);
    } finally {
      await client.shutdown();
    }
  });

  test('texts of 64 KB behind thousands of short ones are read without harm to the members', async () => {
    const message = (msg: string) => ({ UUID: v7(), msg });
    const some = (count: number, msg: string) => Array.from({ length: count }, () => message(msg));
    for (let n = 0; n < 6_000; n += 500) await keep(storeOf(2), some(500, 'short'));
    const long = 'x'.repeat(65_536);
    const first = v7();
    for (let n = 0; n < 600; n += 10) await keep(storeOf(2), some(10, long));
    let read = 0;
    let longest = 0;
    for await (const page of storeOf(2).read({}, new AbortController().signal)) {
      read += page.filter(({ UUID, msg }) => UUID > first && msg === long).length;
      longest = Math.max(
        longest,
        page.reduce((sum, { msg }) => sum + msg.length, 0),
      );
    }
    assert.equal(read, 600);
    assert.ok(longest <= 4_194_304, `a page of ${longest} characters`);
    assert.equal((await storeOf(2).status({ withSafety: false })).cluster?.size, 3);
  });

  test('a store is bound to its member: when that is gone it rejects at once and is not ready, while the others go on', async () => {
    const message = () => ({ UUID: v7(), msg: 'bound' });
    await keep(storeOf(2), [message()]);
    const underWay = Promise.allSettled(Array.from({ length: 50 }, () => storeOf(2).store([message()])));
    await trilog.member('kill', 2);
    await underWay; // whatever became of them: none hangs
    await until('its store has noticed', 1_000, async () => !(await storeOf(2).status({ withSafety: true })).ready);
    // At once: no call to a member, which takes milliseconds, is awaited.
    const first = await Promise.race([
      storeOf(2)
        .store([message()])
        .catch(({ code }) => code),
      pause(100, 'later'),
    ]);
    assert.equal(first, 'unavailable');
    // Voters change meanwhile, perhaps more than once.
    for (const n of [1, 3])
      await until(`store ${n} stores`, 10_000, async () => (await storeOf(n).store([message()]))[0] === 'stored');
    // Ever after: it does not go to another member instead.
    for (let n = 0; n < 20; n++) {
      assert.equal((await storeOf(2).status({ withSafety: true })).ready, false);
      await pause(100);
    }
  });

  test('a store waits for its member, and is ready by itself within 3 s of it', async () => {
    const late = open(2);
    assert.equal((await late.status({ withSafety: true })).ready, false);
    assert.match((await late.status({ withSafety: true })).reason ?? '', /waits for its member at 127\.0\.0\.1:\d+/);
    await trilog.member('start', 2); // returns once the member answers
    await until('the store is ready', 3_000, async () => (await late.status({ withSafety: true })).ready);
    const message = { UUID: v7(), msg: 'back' };
    // Voters may change while it stores; then it rejects, and may have stored all the same.
    await until('it stores', 3_000, async () => /stored|present/.test(String(await late.store([message]))));
    await until(
      'it is whole again',
      20_000,
      async () => (await late.status({ withSafety: true })).safe === true && late.clusterSize() === 3,
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
}
