import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { openInProcess } from '../../../test/in-process.ts';
import { ROOT } from '../../../test/launched.ts';
import { readAll } from '../../../test/traffic.ts';
import { sendBadInput } from './bad-input.ts';
import { badRequests } from './bad-request.ts';
import { parseOperations } from './described-operation.ts';
import { BAD_INPUT_MARK } from './request-draft.ts';

const DESCRIPTION: unknown = JSON.parse(readFileSync(`${ROOT}services/facade/openapi.json`, 'utf8'));

/** Those of a server that gives up early, so that this test is short. */
const LIMITS = { headersTimeout: 500, requestTimeout: 1_000, connectionsCheckingInterval: 100 };

describe('bad input', () => {
  test('a facade answers all of it as it should, and stores nothing without the mark', async () => {
    const trilog = await openInProcess();
    try {
      const checks = await sendBadInput(trilog.url, {
        seed: 1,
        count: 1_000,
        concurrency: 8,
        description: DESCRIPTION,
      });
      for (const { what, held, found } of checks) assert.ok(held, `${what}: ${found}`);
      const texts = [...(await readAll(trilog.url)).values()];
      assert.ok(texts.length > 20);
      for (const text of texts) assert.ok(text.startsWith(BAD_INPUT_MARK) && !text.includes(' '), text);
    } finally {
      await trilog.close();
    }
  });

  test('is the same for the same seed, and another for another', () => {
    const bytesOf = (seed: number) => {
      const operations = parseOperations(DESCRIPTION);
      const requests = badRequests({ operations, authority: '127.0.0.1:8000', seed, count: 300 });
      return Buffer.concat([...requests].map(({ bytes }) => bytes));
    };
    assert.ok(bytesOf(7).equals(bytesOf(7)));
    assert.ok(!bytesOf(7).equals(bytesOf(8)));
  });

  test('a server that answers 500, in plain text, or not at all is found out', async () => {
    let answered = 0;
    const server = createServer(LIMITS, (request, response) => {
      if (request.url === '/openapi.json') return void response.end(JSON.stringify(DESCRIPTION));
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
