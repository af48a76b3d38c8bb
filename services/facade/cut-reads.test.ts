import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openBadLogger } from '../../test/bad-logger.ts';
import { createMemoryStore } from '../../test/doubles/memory-store.ts';
import { type InProcess, openInProcess, openLogger } from '../../test/in-process.ts';
import { requestLines, sendRaw } from '../../test/raw-request.ts';
import type { HttpServer } from '../shared/http/http-server.ts';
import { encodeLines, READ_FORMATS } from '../shared/message/message-stream.ts';

const message = { UUID: '0198c0de-0000-7000-8000-000000000001', msg: 'the only one that came' };

describe('a read that breaks off is reset, and never ends as if it were whole', () => {
  let trilog: InProcess;
  let logger: HttpServer;
  before(async () => {
    const breaking = await openBadLogger((response) => {
      // Asked to go on behind what it gave, it is gone.
      if (response.req.url?.includes('after=')) return void response.destroy();
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
      response.write(encodeLines([message]), () => setTimeout(() => response.destroy(), 50));
    });
    trilog = await openInProcess({ loggers: [breaking], requestTimeoutMs: 1_000 });
    const store = createMemoryStore();
    async function* read() {
      yield [message];
      yield [message];
      await new Promise((resolve) => setTimeout(resolve, 50));
      throw new Error('the member has gone');
    }
    logger = await openLogger({ ...store, read });
  });
  after(async () => {
    await trilog.close();
    await logger.close();
  });

  for (const version of ['1.0', '1.1']) {
    for (const format of READ_FORMATS) {
      for (const path of ['/', '/polls/database', '/database/']) {
        test(`${path} as ${format}, HTTP/${version}`, async () => {
          const { url } = path === '/database/' ? logger : trilog;
          const fields = ['Host: localhost', `Accept: ${format}`];
          const { text, end } = await sendRaw(url, requestLines(version, path, fields));
          assert.match(text, /^HTTP\/1\.1 200 [\s\S]*the only one that came/);
          assert.equal(end, 'ECONNRESET');
        });
      }
    }
  }
});
