import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openBadLogger } from '../../test/bad-logger.ts';
import { createMemoryStore } from '../../test/doubles/memory-store.ts';
import { openInProcess, openLogger } from '../../test/in-process.ts';
import type { HttpServer } from '../shared/http/http-server.ts';

const REQUEST_TIMEOUT_MS = 1_500;

async function openWith(t: TestContext, loggers: readonly HttpServer[]): Promise<string> {
  const trilog = await openInProcess({ loggers, attemptTimeoutMs: 200, requestTimeoutMs: REQUEST_TIMEOUT_MS });
  t.after(() => trilog.close());
  return trilog.url;
}

const key = (n: number) => `0198c0de-0000-7000-8000-${String(n).padStart(12, '0')}`;

test('when every logger fails in the middle of a read, the answer is cut, not ended as if it were whole', async (t) => {
  let reads = 0;
  const logger = await openBadLogger((response) => {
    if (++reads > 1) return void response.writeHead(503).end();
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    response.write(`{"UUID":"${key(1)}","msg":"text"}\n`);
    setTimeout(() => response.destroy(), 100);
  });
  const url = await openWith(t, [logger]);
  const response = await fetch(url, { headers: { Accept: 'application/json' } });
  assert.equal(response.status, 200);
  await assert.rejects(response.text());
});

test('a message that was stored under a larger limit is read', async (t) => {
  const store = createMemoryStore();
  const long = { UUID: key(1), msg: '"'.repeat(1_000_000) };
  await store.store([long]);
  const url = await openWith(t, [await openLogger(store)]);
  const response = await fetch(url, { headers: { Accept: 'application/x-ndjson' } });
  assert.deepEqual(JSON.parse(await response.text()), long);
});

test('when a logger goes in the middle of a read, the next one goes on: no gap, no repeat', async (t) => {
  const store = createMemoryStore();
  const messages = Array.from({ length: 1_000 }, (_, n) => ({ UUID: key(n), msg: `text ${n} \\ "quoted"\n` }));
  await store.store(messages);
  const broken = {
    ...store,
    async *read(...[range, signal]: Parameters<typeof store.read>) {
      let left = 7;
      for await (const page of store.read(range, signal)) {
        if (left-- === 0) throw new Error('gone');
        yield page;
      }
    },
  };
  const url = await openWith(t, [await openLogger(broken), await openLogger(store)]);
  for (let n = 0; n < 10; n++) {
    const response = await fetch(url, { headers: { Accept: 'application/x-ndjson' } });
    const lines = (await response.text()).split('\n').slice(0, -1);
    assert.deepEqual(
      lines.map((line) => JSON.parse(line)),
      messages,
    );
  }
});

test('a read that loggers break off again and again has one deadline, although each brings a little', async (t) => {
  let n = 0;
  const logger = await openBadLogger((response) => {
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    const writeLine = () => response.write(`{"UUID":"${key(++n)}","msg":"text"}\n`);
    writeLine();
    setTimeout(writeLine, 50);
    setTimeout(() => response.destroy(), 300);
  });
  const url = await openWith(t, [logger]);
  const began = performance.now();
  const response = await fetch(url, { headers: { Accept: 'application/x-ndjson' } });
  assert.equal(response.status, 200);
  await assert.rejects(response.text());
  assert.ok(n > 4, `${n} lines: it went on after a break`);
  assert.ok(performance.now() - began < REQUEST_TIMEOUT_MS + 1_000);
});

test('a read that comes line by line has one deadline as well, as long as it is not a large one', async (t) => {
  let n = 0;
  const logger = await openBadLogger((response) => {
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    const timer = setInterval(() => response.write(`{"UUID":"${key(++n)}","msg":"text"}\n`), 100);
    response.on('close', () => clearInterval(timer));
  });
  const url = await openWith(t, [logger]);
  const began = performance.now();
  const response = await fetch(url, { headers: { Accept: 'application/x-ndjson' } });
  await assert.rejects(response.text());
  const tookMs = performance.now() - began;
  assert.ok(tookMs > REQUEST_TIMEOUT_MS - 100 && tookMs < REQUEST_TIMEOUT_MS + 1_000, `${tookMs} ms`);
});

test('a large read may take longer, at 5,000 messages a second', async (t) => {
  const lines = 2_000;
  const chunks = 12;
  let n = 0;
  const logger = await openBadLogger((response) => {
    response.writeHead(200, {
      'Content-Type': 'application/x-ndjson',
    });
    const timer = setInterval(() => {
      response.write(Array.from({ length: lines }, () => `{"UUID":"${key(++n)}","msg":"text"}\n`).join(''));
      if (n < lines * chunks) return;
      clearInterval(timer);
      response.end();
    }, 150);
  });
  const url = await openWith(t, [logger]);
  const began = performance.now();
  const response = await fetch(url, { headers: { Accept: 'application/x-ndjson' } });
  assert.equal((await response.text()).split('\n').length - 1, lines * chunks);
  assert.ok(performance.now() - began > REQUEST_TIMEOUT_MS);
});

test('of many reads at once, three are asked of the loggers at a time, and all are answered', async (t) => {
  let underWay = 0;
  let most = 0;
  const logger = await openBadLogger((response) => {
    most = Math.max(most, ++underWay);
    setTimeout(() => {
      underWay--;
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
      response.end();
    }, 100);
  });
  const url = await openWith(t, [logger]);
  const answers = await Promise.all(
    // Each another range: those of the same one are read together.
    Array.from({ length: 24 }, (_, n) =>
      fetch(`${url}?limit=${n + 1}`, { headers: { Accept: 'application/x-ndjson' } }),
    ),
  );
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.equal(most, 3);
});

test('reads that have begun are done before others begin', async (t) => {
  const events: string[] = [];
  const logger = await openBadLogger((response) => {
    events.push('begins');
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    let n = 0;
    const timer = setInterval(() => {
      response.write(`{"UUID":"${key(++n)}","msg":"text"}\n`);
      if (n < 8) return;
      clearInterval(timer);
      events.push('ends');
      response.end();
    }, 20);
  });
  const url = await openWith(t, [logger]);
  const reads = Array.from({ length: 6 }, (_, n) =>
    fetch(`${url}?limit=${n + 10}`, { headers: { Accept: 'application/x-ndjson' } }),
  );
  assert.deepEqual(new Set((await Promise.all(reads)).map(({ status }) => status)), new Set([200]));
  for (const [index, event] of events.entries()) {
    const soFar = events.slice(0, index);
    const underWay = soFar.filter((one) => one === 'begins').length - soFar.filter((one) => one === 'ends').length;
    if (event === 'begins') assert.ok(underWay < 3, events.join());
  }
});

test('a read whose turn does not come within its deadline is refused', async (t) => {
  const logger = await openBadLogger((response) => {
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    const timer = setInterval(() => response.write(`{"UUID":"${key(1)}","msg":"text"}\n`), 150);
    response.on('close', () => clearInterval(timer));
  });
  const url = await openWith(t, [logger]);
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, n) => {
      const response = await fetch(`${url}?limit=${n + 5_000}`, { headers: { Accept: 'application/x-ndjson' } });
      return [response.status, await response.text().catch(() => 'cut')] as const;
    }),
  );
  const refused = answers.filter(([status]) => status === 503);
  assert.ok(refused.some(([, text]) => text.includes('Too many messages are being read')));
  assert.ok(answers.every(([status, text]) => status === 503 || text === 'cut'));
});
