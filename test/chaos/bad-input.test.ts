import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { createFacadeApp } from '../../services/facade/app.ts';
import { createLoggerClient } from '../../services/facade/logger-client.ts';
import type { LoggerPool } from '../../services/facade/logger-pool.ts';
import { listen } from '../../services/shared/http-server.ts';
import { createSilentLog } from '../../services/shared/log.ts';
import { createMetrics } from '../../services/shared/metrics.ts';
import { ROOT } from '../launched.ts';
import { sendBadInput } from './bad-input.ts';
import { badRequests } from './bad-request.ts';
import { parseOperations } from './described-operation.ts';
import { BAD_INPUT_MARK } from './request-draft.ts';

const DESCRIPTION = readFileSync(`${ROOT}services/facade/openapi.json`, 'utf8');

/** Those of a server that gives up early, so that this test is short. */
const LIMITS = { headersTimeout: 500, requestTimeout: 1_000, connectionsCheckingInterval: 100 };

/** A facade that stores into a map. */
async function openFacade() {
  const texts = new Map<string, string>();
  const log = createSilentLog();
  const client = createLoggerClient('logger-1', 'http://127.0.0.1:1', { maxLineBytes: 1 }); // never called
  const pool: LoggerPool = {
    loggers: [{ client, health: { ready: true } }],
    order: () => [],
    succeeded: () => {},
    failed: () => {},
    counts: async () => true,
    close: async () => {},
  };
  const app = createFacadeApp({
    host: '127.0.0.1',
    log,
    pool,
    metrics: createMetrics('facade'),
    writeMessage: async ({ UUID, msg }) => {
      const outcome = !texts.has(UUID) ? 'stored' : texts.get(UUID) === msg ? 'present' : 'conflict';
      if (outcome === 'stored') texts.set(UUID, msg);
      return { outcome, logger: 'logger-1' };
    },
    readMessages: async function* () {},
    askMessagesService: async () => 'Hello',
    maxMessageBytes: 65_536,
    openApi: DESCRIPTION,
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  return { url: server.url, texts, close: server.close };
}

describe('bad input', () => {
  test('a facade answers all of it as it should, and stores nothing without the mark', async () => {
    const facade = await openFacade();
    try {
      const count = Number(process.env.BAD_INPUT_COUNT ?? 1_000);
      const checks = await sendBadInput(facade.url, {
        seed: Number(process.env.BAD_INPUT_SEED ?? 1),
        count,
        concurrency: 8,
      });
      for (const { what, held, found } of checks) assert.ok(held, `${what}: ${found}`);
      assert.ok(facade.texts.size > 20);
      for (const text of facade.texts.values()) assert.ok(text.startsWith(BAD_INPUT_MARK) && !text.includes(' '), text);
    } finally {
      await facade.close();
    }
  });

  test('is the same for the same seed, and another for another', () => {
    const bytesOf = (seed: number) => {
      const operations = parseOperations(JSON.parse(DESCRIPTION));
      const requests = badRequests({ operations, authority: '127.0.0.1:8000', seed, count: 300 });
      return Buffer.concat([...requests].map(({ bytes }) => bytes));
    };
    assert.ok(bytesOf(7).equals(bytesOf(7)));
    assert.ok(!bytesOf(7).equals(bytesOf(8)));
  });

  test('a server that answers 500, in plain text, or not at all is found out', async () => {
    let answered = 0;
    const server = createServer(LIMITS, (request, response) => {
      if (request.url === '/openapi.json') return void response.end(DESCRIPTION);
      if (request.url === '/health/live') return void response.end(`{"pid":${++answered}}`);
      const status = [200, 500, 415][++answered % 3];
      if ((request.method !== 'GET' && request.method !== 'POST') || status === undefined)
        return void request.socket.destroy();
      response.writeHead(status, { 'Content-Type': 'text/plain' }).end('{"UUID":"x","msg":"unmarked"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const checks = await sendBadInput(`http://127.0.0.1:${port}`, { seed: 1, count: 300, concurrency: 8 });
      const failed = checks.filter(({ held }) => !held).map(({ what }) => what);
      for (const part of ['5xx', 'problem document', 'was answered', 'mark', 'each seen', 'same process'])
        assert.ok(
          failed.some((what) => what.includes(part)),
          `${part} is not among ${failed.join('; ')}`,
        );
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
