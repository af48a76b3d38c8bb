import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { barsOf, type Results } from './bars.ts';
import { barChart } from './chart.ts';
import { median, mediansOf } from './median.ts';
import { cpuMsOf, memoryMbOf } from './processes.ts';
import { createOrderCheck, readAll } from './read.ts';
import { reportOf } from './report.ts';
import type { PostResult } from './rounds.ts';

test('the median is the middle one, or the mean of the two in the middle', () => {
  assert.equal(median([3, 1, 20]), 3);
  assert.equal(median([4, 1, 2, 30]), 3);
  assert.throws(() => median([]));
  assert.deepEqual(
    mediansOf([
      { a: 1, b: 9 },
      { a: 2, b: 7 },
      { a: 9, b: 8 },
    ]),
    { a: 2, b: 8 },
  );
});

const result = (contender: string, connections: number, perSecond: number): PostResult => ({
  contender,
  load: { connections, seconds: 1, length: 100 },
  perSecond,
  p50Ms: 10,
  p99Ms: 31,
  failed: 0,
  cpuUs: { facade: 600_000 / perSecond },
  allCpuUs: 600_000 / perSecond,
});
const results: Results = {
  posts: [
    result('trilog', 64, 1_500),
    result('plain', 64, 300),
    result('nothing', 64, 2_000),
    result('trilog', 256, 1_600),
  ],
};

test('bars compare what was measured, and say which are missed', () => {
  const bars = barsOf(results);
  assert.deepEqual(
    bars.map(({ found, isMet }) => [Number(found.toFixed(2)), isMet]),
    [
      [5, true],
      [0.2, true],
      [0.75, false],
      [3.1, false],
    ],
  );
  assert.deepEqual(barsOf({}), []);
});

test('the report has a table of the bars, the figures and pictures', () => {
  const files = reportOf(results, { date: '2026-01-02', machine: '2 cores', command: '`npm run bench`' });
  assert.deepEqual(Object.keys(files).toSorted(), ['cpu.svg', 'performance.md', 'posts.svg']);
  const text = files['performance.md'] ?? '';
  assert.match(text, /\| POSTs\/s at 64: Trilog \/ Express storing nothing \| 0\.75 \| at least 0\.9 \| \*\*no\*\* \|/);
  assert.match(text, /\| trilog \| 64 \| 1,500 \| 10\.0 \| 31\.0 \| 400 \| 0 \|/);
  assert.match(text, /!\[POSTs a second\]\(posts\.svg\)/);
});

test('a chart has a bar for each value, as high as its share', () => {
  const svg = barChart({
    title: 'T',
    unit: 'u',
    groups: ['a', 'b'],
    series: [{ name: 's', values: [100, undefined] }],
  });
  assert.match(svg, /^<svg [^>]*><title>T \(u\)<\/title>/);
  assert.equal(svg.match(/<rect [^>]*><title>/g)?.length, 1, 'one bar, as one value is not known');
  assert.match(svg, /height="220\.0" fill="#0b6e99"><title>s, a: 100 u<\/title>/);
});

test('a read counts bytes and lines, and fails if the answer is no 200 or breaks off', async (t) => {
  const server = createServer((request, response) => {
    if (request.url === '/none') return void response.writeHead(503).end();
    response.write('{"UUID":"0198c0de-0000-7000-8000-000000000001","msg":"a"}\n');
    if (request.url === '/broken') return void setTimeout(() => response.destroy(), 20);
    response.end('{"UUID":"0198c0de-0000-7000-8000-000000000002","msg":"b"}\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const order = createOrderCheck();
  const { lines, bytes } = await readAll(url, { accept: '*/*', onData: order.take });
  assert.deepEqual([lines, bytes], [2, 116]);
  assert.deepEqual(order.result(), { count: 2, inOrder: true });
  await assert.rejects(readAll(`${url}/none`, { accept: '*/*' }));
  await assert.rejects(readAll(`${url}/broken`, { accept: '*/*' }));
});

test('lines out of order, or half a line at the end, are noticed', () => {
  for (const text of ['{"UUID":"0b"}\n{"UUID":"0a"}\n', '{"UUID":"0a"}\n{"UUI']) {
    const order = createOrderCheck();
    order.take(Buffer.from(text));
    assert.equal(order.result().inOrder, false);
  }
});

test('the CPU time and the memory of a process are read from Linux', { skip: process.platform !== 'linux' }, () => {
  const before = cpuMsOf(process.pid);
  const start = process.cpuUsage();
  const usedMs = () => Object.values(process.cpuUsage(start)).reduce((sum, us) => sum + us / 1_000, 0);
  while (usedMs() < 100);
  assert.ok(cpuMsOf(process.pid) - before >= 50);
  assert.ok(memoryMbOf(process.pid) > 20);
});
