import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { holdSlowConnections } from './slow-connections.ts';

const limits = { headersMs: 500, requestMs: 1_000 };

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
    const limits = { headersMs: headersMs || 500, requestMs: requestMs || 1_000 };
    const seconds = limits.requestMs / 1_000 + 3;
    const checks = await holdSlowConnections(`http://127.0.0.1:${port}`, { count: 50, seconds, limits });
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
  // On a busy machine it takes a while until a server has closed those that are too many.
  const failed = await failedOn({ headersMs: 2_000, requestMs: 3_000 }, 20);
  assert.match(failed.join(), /were open at a time/);
  assert.match(failed.join(), /that it lives/);
});
