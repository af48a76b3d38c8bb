import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openInProcess } from '../../../test/in-process.ts';
import { createRandom } from '../../random.ts';
import { openRecorder } from '../history/recorder.ts';
import { openProxy } from '../system/proxy.ts';
import { startTraffic } from './traffic.ts';

const folder = mkdtempSync(join(tmpdir(), 'trilog-traffic-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const BEGINNING = '00000000-0000-7000-8000-000000000000';

test('messages of all forms are posted at their rate, retried only with a UUID, and all read again', async () => {
  const trilog = await openInProcess();
  const proxy = await openProxy(Number(new URL(trilog.url).port));
  const path = join(folder, 'history.ndjson');
  const recorder = openRecorder(path);
  const options = {
    urls: [proxy.url],
    seed: 3,
    random: createRandom(3),
    recorder,
    rate: 100,
    readRate: 2,
    firstN: 10,
    after: BEGINNING,
  };
  const began = performance.now();
  const traffic = startTraffic(options);
  await pause(1_000);
  proxy.setMode('half');
  await pause(300);
  proxy.setMode('pass');
  await pause(700);
  await traffic.stop();
  const seconds = (performance.now() - began) / 1_000; // not the sum of the pauses: a busy machine has longer ones
  const seen = await traffic.readAll();
  await recorder.close();
  await proxy.close();
  await trilog.close();

  const posts = recorder.events.filter((event) => event.kind === 'post');
  const gets = recorder.events.filter((event) => event.kind === 'get');
  assert.ok(traffic.begun >= 150 && traffic.begun <= 100 * seconds + 1, `${traffic.begun} messages in ${seconds} s`);
  assert.deepEqual(seen.invented, []);
  assert.deepEqual(seen.repeated, []);
  const acknowledged = new Set(posts.filter(({ status }) => status === 201 || status === 200).map(({ n }) => n));
  for (const n of acknowledged) assert.ok(seen.uuids?.[n], `message ${n} was acknowledged, but is not there`);
  assert.deepEqual([...new Set(gets.map(({ format }) => format))].sort(), ['json', 'ndjson', 'text']);

  const failed = posts.filter(({ status }) => status === 0);
  assert.ok(failed.length > 0, 'no answer was cut');
  for (const { n, uuid, error } of failed) {
    assert.ok(error);
    const tries = posts.filter((post) => post.n === n);
    if (uuid === '') assert.equal(tries.length, 1);
    else assert.ok(tries.length > 1 && acknowledged.has(n) && tries.every((each) => each.uuid === uuid));
  }
  assert.equal(readFileSync(path, 'utf8').trimEnd().split('\n').length, recorder.events.length);
});

test('of two facades each has messages and reads of its own; what is quiet posts only what it is told to, until it goes on', async () => {
  const trilog = await openInProcess();
  const proxies = [
    await openProxy(Number(new URL(trilog.url).port)),
    await openProxy(Number(new URL(trilog.url).port)),
  ];
  const recorder = openRecorder(join(folder, 'two.ndjson'));
  const traffic = startTraffic({
    urls: proxies.map(({ url }) => url),
    quiet: true,
    seed: 3,
    random: createRandom(3),
    recorder,
    rate: 40,
    readRate: 6,
    firstN: 1,
    after: BEGINNING,
  });
  await pause(500);
  assert.equal(traffic.begun, 0);
  traffic.post(4);
  assert.equal(traffic.begun, 4);
  await pause(300);
  assert.equal(traffic.begun, 4);
  const began = performance.now();
  traffic.goOn();
  await pause(1_000);
  await traffic.stop();
  const seconds = (performance.now() - began) / 1_000;
  await recorder.close();
  assert.ok(traffic.begun > 30 && traffic.begun <= 4 + 40 * seconds + 1, `${traffic.begun} messages in ${seconds} s`);
  for (const { n, facade, status } of recorder.events.filter((event) => event.kind === 'post')) {
    assert.equal(status, 201);
    assert.equal(facade, 1 + (n % 2));
  }
  const gets = recorder.events.filter((event) => event.kind === 'get');
  assert.equal(new Set(gets.map(({ facade, format }) => `${facade} ${format}`)).size, 6);
  for (const proxy of proxies) assert.ok(proxy.countOf('/') >= 20);
  for (const proxy of proxies) await proxy.close();
  await trilog.close();
});
