import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { checkLoad } from '../../proof/chaos/hostile/load-check.ts';
import { openInProcess } from '../in-process.ts';
import { createLatencies } from './latencies.ts';
import { loadText, runLoad } from './load.ts';

const BEFORE = '00000000-0000-7000-8000-000000000000';
const UUID = '0198c0de-0000-7000-8000-000000000001';

async function withServer<T>(listener: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('a load', () => {
  test('on some connections is acknowledged, and read back', async () => {
    const trilog = await openInProcess();
    try {
      const shape = { kind: 'closed', connections: 4 } as const;
      const result = await runLoad({ url: trilog.url, shape, seconds: 0.5, firstN: 100 });
      assert.deepEqual(Object.keys(result.byStatus), ['201']);
      assert.equal(result.acknowledged.size, result.sent);
      assert.equal(result.latencies.stored.count, result.sent);
      assert.deepEqual([...result.acknowledged.values()].sort((a, b) => a - b)[0], 100);
      assert.match(JSON.stringify(await checkLoad(trilog.url, BEFORE, result.acknowledged)), /"held":true/);
      const more = new Map(result.acknowledged).set(UUID, 1);
      assert.match(JSON.stringify(await checkLoad(trilog.url, BEFORE, more)), /"held":false.* 1 lost/);
    } finally {
      await trilog.close();
    }
  });

  test('at a rate sends what is due on as many connections as it may, and counts the rest', async () => {
    const sockets = new Set<unknown>();
    const listener: RequestListener = (request, response) => {
      sockets.add(request.socket);
      request.resume();
      setTimeout(() => response.writeHead(503, { 'Retry-After': '1', 'Content-Length': '2' }).end('{}'), 200);
    };
    const shape = { kind: 'open', perSecond: 100, maxConnections: 5 } as const;
    const result = await withServer(listener, (url) => runLoad({ url, shape, seconds: 1, firstN: 1 }));
    assert.equal(sockets.size, 5);
    assert.ok(Math.abs(result.sent + result.notSent - 100) <= 1, `${result.sent} and ${result.notSent}`);
    assert.ok(result.notSent > 50);
    assert.deepEqual(result.byStatus, { 503: result.sent });
    assert.equal(result.refusedWithoutRetryAfter, 0);
    assert.ok(result.latencies.refused.p50Ms >= 190);
  });

  test('counts broken connections, closed ones, and refusals without Retry-After', async () => {
    let n = 0;
    const listener: RequestListener = (request, response) => {
      request.resume();
      if (++n % 2 === 0) request.socket.destroy();
      else response.writeHead(503, { Connection: 'close', 'Content-Length': '0' }).end();
    };
    const shape = { kind: 'closed', connections: 2 } as const;
    const { byStatus, sent, ...result } = await withServer(listener, (url) =>
      runLoad({ url, shape, seconds: 0.3, firstN: 1 }),
    );
    assert.ok(byStatus[0] && byStatus[503]);
    assert.equal(byStatus[0] + byStatus[503], sent);
    assert.equal(result.refusedWithoutRetryAfter, byStatus[503]);
    assert.equal(result.acknowledged.size, 0);
  });
});

describe('what is read back after a load', () => {
  const line = (msg: string) => `{"UUID":"${UUID}","msg":"${msg}"}\n`;
  for (const [what, body, found] of [
    ['a message twice', line(loadText(7)) + line(loadText(7)), /1 repeated/],
    ['another text', line(loadText(8)), /1 altered/],
    ['half a line', line(loadText(7)).slice(0, -5), /within a line/],
  ] as const) {
    test(`is refused if it has ${what}`, async () => {
      const check = await withServer(
        (_request, response) => void response.end(body),
        (url) => checkLoad(url, BEFORE, new Map([[UUID, 7]])),
      );
      assert.equal(check.held, false);
      assert.match(check.found, found);
    });
  }
});

test('percentiles of latencies are right to 2 %', () => {
  const latencies = createLatencies();
  for (let ms = 1; ms <= 1000; ms++) latencies.add(ms);
  for (const [share, ms] of [
    [0.5, 500],
    [0.99, 990],
    [1, 1000],
    [0.001, 1],
  ] as const) {
    const found = latencies.percentile(share);
    assert.ok(found >= ms * 0.999 && found <= ms * 1.021, `${share}: ${found}`);
  }
  assert.equal(createLatencies().percentile(0.99), 0);
});
