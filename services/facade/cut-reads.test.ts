import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { openBadLogger } from '../../test/bad-logger.ts';
import { createMemoryStore } from '../../test/doubles/memory-store.ts';
import { type InProcess, openInProcess, openLogger } from '../../test/in-process.ts';
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
    trilog = await openInProcess({ loggers: [breaking], requestTimeoutMs: 2_000 });
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

  // By curl: a client of Node.js takes a reset that comes at once with the last bytes for the end of the connection.
  function read(url: string, ...options: string[]): Promise<{ code: unknown; out: string }> {
    return new Promise((resolve) =>
      execFile('curl', ['-s', '-i', ...options, url], (error, out) => resolve({ code: error?.code ?? 0, out })),
    );
  }

  for (const version of ['1.0', '1.1']) {
    for (const format of READ_FORMATS) {
      for (const path of ['/', '/polls/database', '/database/']) {
        test(`${path} as ${format}, HTTP/${version}`, async () => {
          const { url } = path === '/database/' ? logger : trilog;
          const { code, out } = await read(url + path, `--http${version}`, '-H', `Accept: ${format}`);
          assert.match(out, /^HTTP\/1\.1 200 [\s\S]*the only one that came/);
          assert.equal(code, 56); // "failure in receiving": it was reset
        });
      }
    }
  }
});
