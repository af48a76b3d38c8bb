import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { holdSlowConnections } from './slow-connections.ts';

/** Long enough for a busy machine: it has half of the first to open 50 connections, and to count them. */
const limits = { headersMs: 2_000, requestMs: 3_000 };

/** Which checks failed against a server of these limits, that takes at most `maxConnections`. */
async function failedOn({ headersMs, requestMs }: typeof limits, maxConnections: number): Promise<string[]> {
  const server = createServer(
    { headersTimeout: headersMs, requestTimeout: requestMs, connectionsCheckingInterval: 100 },
    (request, response) => {
      if (request.url === '/health/live') response.end('{"status":"live"}');
      else if (request.method === 'GET') response.end('x'.repeat(10_000_000));
      else request.resume();
    },
  );
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const checked = { headersMs: headersMs || 500, requestMs: requestMs || 1_000 };
    const seconds = checked.requestMs / 1_000 + 3;
    const checks = await holdSlowConnections(`http://127.0.0.1:${port}`, { count: 50, seconds, limits: checked });
    assert.equal(checks.length, 5);
    return checks.filter(({ held, timing }) => !held && !timing).map(({ what }) => what);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('a server that ends slow connections in time passes', async () => {
  assert.deepEqual(await failedOn(limits, 1_000), []);
});

test('one that has no limits does not', async () => {
  const failed = await failedOn({ headersMs: 0, requestMs: 0 }, 1_000);
  assert.equal(failed.length, 2);
  assert.match(failed.join(), /header[\s\S]*body/);
});

test('connections that were not all open at a time are found out, and so is a facade that does not answer', async () => {
  const failed = await failedOn(limits, 20);
  assert.match(failed.join(), /were open at a time/);
  assert.match(failed.join(), /that it lives/);
});
