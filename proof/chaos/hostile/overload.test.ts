import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { overload } from './overload.ts';
import { isFlat } from './process-memory.ts';

interface Defect {
  readonly refusal?: { readonly status: number; readonly retryAfter: boolean };
  readonly loses?: boolean;
}

const MAX_WAITING = 40;
const STORING_MS = 20;

/** Overloads a server that stores some messages at a time and refuses the others; gives the checks that failed. */
async function failedOn({ refusal = { status: 503, retryAfter: true }, loses = false }: Defect): Promise<string[]> {
  let toLose = loses ? 1 : 0;
  const lines: string[] = [];
  let waiting = 0;
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') return void response.end(request.url === '/health/live' ? '{}' : lines.join(''));
    const body = Buffer.concat(await request.toArray()).toString();
    if (waiting >= MAX_WAITING) {
      const headers = { 'Content-Length': 0, ...(refusal.retryAfter ? { 'Retry-After': '1' } : {}) };
      return void response.writeHead(refusal.status, headers).end();
    }
    waiting++;
    setTimeout(() => {
      waiting--;
      if (toLose > 0) toLose--;
      else lines.push(`${body}\n`);
      response.writeHead(201, { 'Content-Length': body.length }).end(body);
    }, STORING_MS);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const times = { seconds: 2.5, capacitySeconds: 0.5, probeSeconds: 0.5, recoverySeconds: 0.1 };
    const checks = await overload(url, { ...times, connections: 32, maxConnections: 300, pidsToWatch: [process.pid] });
    assert.equal(checks.filter(({ timing }) => timing === true).length, 4);
    return checks.filter(({ held, timing }) => !held && timing !== true).map(({ what, found }) => `${what}: ${found}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('under more load than it can take', () => {
  test('a server that refuses the rest as it should passes', async () => assert.deepEqual(await failedOn({}), []));
  for (const [what, defect, found] of [
    [
      'refuses without Retry-After',
      { refusal: { status: 503, retryAfter: false } },
      /all else was refused.* [1-9]\d* without/,
    ],
    ['answers 500', { refusal: { status: 500, retryAfter: true } }, /all else was refused.*"500"/],
    ['loses an acknowledged message', { loses: true }, /read back once.* 1 lost/],
  ] as const) {
    test(`one that ${what} is found out`, async () => {
      const failed = await failedOn(defect);
      assert.equal(failed.length, 1, failed.join('; '));
      assert.match(failed.join(), found);
    });
  }
});

test('memory is flat if no process grows by more than it may, or goes', () => {
  const rows = (first: number, second: number) => [[first], [first], [second], [second]];
  assert.equal(isFlat(rows(100, 190), [1]).held, true);
  assert.equal(isFlat(rows(100, 200), [1]).held, false);
  assert.equal(isFlat(rows(100, 0), [1]).held, false);
  assert.equal(isFlat([], []).held, false);
});
