import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openBadLogger } from '../../test/bad-logger.ts';
import { createMemoryStore } from '../../test/doubles/memory-store.ts';
import { openInProcess, openLogger } from '../../test/in-process.ts';
import type { HttpServer } from '../shared/http/http-server.ts';

async function openWith(t: TestContext, loggers: readonly HttpServer[]): Promise<string> {
  const trilog = await openInProcess({ loggers, attemptTimeoutMs: 200, requestTimeoutMs: 4_000 });
  t.after(() => trilog.close());
  return trilog.url;
}

const post = (url: string, msg: string) => fetch(url, { method: 'POST', body: new URLSearchParams({ msg }) });
const readLines = async (url: string) => {
  const response = await fetch(url, { headers: { Accept: 'application/x-ndjson' } });
  return { status: response.status, lines: (await response.text()).split('\n').slice(0, -1) };
};

describe('with one bad logger among three, every message is stored and read', () => {
  const bad: Record<string, (response: ServerResponse) => void> = {
    'that answers 500': (response) => response.writeHead(500).end('{}'),
    'that answers 200 with garbage': (response) => response.end('thanks!'),
    'that answers 200 with too few outcomes': (response) => response.end('{"outcomes":[]}'),
    'that gives half an answer': (response) =>
      response.writeHead(200, { 'Content-Length': 100, 'Content-Type': 'application/x-ndjson' }).write('{"UUID":'),
    'that gives half an answer and goes': (response) => {
      response.writeHead(200, { 'Content-Length': 100, 'Content-Type': 'application/x-ndjson' }).write('{"UUID":');
      setTimeout(() => response.destroy(), 20);
    },
    'that closes the connection': (response) => response.destroy(),
    'that answers nothing': () => {},
  };
  for (const [what, answer] of Object.entries(bad)) {
    test(what, async (t) => {
      const store = createMemoryStore();
      const url = await openWith(t, [await openLogger(store), await openBadLogger(answer), await openLogger(store)]);
      for (let n = 1; n <= 12; n++) assert.equal((await post(url, `msg${n}`)).status, 201);
      for (let n = 1; n <= 6; n++) {
        const { status, lines } = await readLines(url);
        assert.deepEqual([status, lines.length], [200, 12]);
      }
    });
  }
});

test('a new message is 201 although the attempt that stored it was not answered well', async (t) => {
  const store = createMemoryStore();
  const silent = {
    ...store,
    store: async (...[messages]: Parameters<typeof store.store>) => store.store(messages).then(() => []),
  };
  const url = await openWith(t, [await openLogger(silent), await openLogger(store)]);
  for (let n = 1; n <= 8; n++) assert.equal((await post(url, `new ${n}`)).status, 201);
  assert.equal((await readLines(url)).lines.length, 8);
});

test('a new message is 201 also if a slow attempt finds what the one beside it stored', async (t) => {
  const store = createMemoryStore();
  let calls = 0;
  let storedBeside = () => {};
  const beside = new Promise<void>((resolve) => {
    storedBeside = resolve;
  });
  const uneven = {
    ...store,
    async store(...[messages]: Parameters<typeof store.store>) {
      if (++calls === 1) {
        await beside;
        return store.store(messages);
      }
      const outcomes = await store.store(messages);
      storedBeside();
      await pause(300); // the slow one is answered first
      return outcomes;
    },
  };
  const url = await openWith(t, [await openLogger(uneven), await openLogger(uneven, 'logger-2')]);
  assert.equal((await post(url, 'new')).status, 201);
  assert.equal(calls, 2);
});

test('a logger whose health is garbage is passed over', async (t) => {
  const store = createMemoryStore();
  const healths = [
    '{"ready":true,"cluster":{}}',
    '{"ready":true,"cluster":{"members":[7]}}',
    'null',
    '{"ready":"yes"}',
  ];
  const bad = await Promise.all(healths.map((health) => openBadLogger((response) => response.destroy(), health)));
  const url = await openWith(t, [...bad, await openLogger(store)]);
  await pause(1_000); // until the facade has heard them all
  for (let n = 1; n <= 6; n++) assert.equal((await post(url, `msg${n}`)).status, 201);
  assert.equal((await readLines(url)).lines.length, 6);
});

test('a logger whose cluster does not count neither stores nor reads for the facade', async (t) => {
  const alone = {
    ...createMemoryStore(),
    status: async () => ({ ready: false, state: 'no-quorum' as const, member: 'm', reason: 'does not count' }),
  };
  const url = await openWith(t, [await openLogger(alone), await openLogger(createMemoryStore())]);
  await pause(1_000); // until the facade knows of both
  for (let n = 1; n <= 10; n++)
    assert.equal(((await (await post(url, `msg${n}`)).json()) as { logger: string }).logger, 'logger-2');
  assert.equal((await readLines(url)).lines.length, 10);
  const { loggers } = (await (await fetch(`${url}/health/ready`)).json()) as { loggers: { state: string }[] };
  assert.deepEqual(
    loggers.map(({ state }) => state),
    ['no-quorum', 'ready'],
  );
});

describe('no request outlives its deadline', () => {
  const took = async (work: () => Promise<{ status: number }>) => {
    const began = performance.now();
    const { status } = await work();
    return { status, ms: performance.now() - began };
  };

  test('though every logger is silent, and messages wait in the queue behind those that were sent', async (t) => {
    const silent = () => openBadLogger(() => {});
    const url = await openWith(t, [await silent(), await silent(), await silent()]);
    await pause(600); // until the facade knows that they are ready
    const calls = await Promise.all([
      ...Array.from({ length: 20 }, async (_, n) => {
        await pause(50 * n);
        return took(() => post(url, `msg${n}`));
      }),
      took(() => readLines(url)),
    ]);
    for (const { status, ms } of calls) {
      assert.equal(status, 503);
      assert.ok(ms >= 3_500 && ms < 6_000, `${ms} ms`); // requestTimeoutMs is 4,000
    }
  });

  test('and sooner when no logger can be used', async (t) => {
    const notReady = () => openBadLogger((response) => response.writeHead(503).end(), '{"ready":false}');
    const url = await openWith(t, [await notReady(), await notReady()]);
    const silent = await openWith(t, [await openBadLogger(() => {})]);
    await pause(600); // until that facade knows that its logger is ready
    const later = post(silent, 'x').then(() => 'later');
    const calls = Promise.all([post(url, 'x'), readLines(url)]);
    const first = await Promise.race([calls, later]);
    assert.ok(typeof first !== 'string', 'outageTimeoutMs, which is half of requestTimeoutMs');
    assert.deepEqual(
      first.map(({ status }) => status),
      [503, 503],
    );
    await later;
  });
});

test('a message that a logger refuses fails alone', async (t) => {
  const store = createMemoryStore();
  const url = await openWith(t, [await openLogger(store, 'logger-1', 10)]);
  const texts = ['a', 'b', 'far too large for this logger', 'c', 'd', 'e', 'f'];
  const statuses = await Promise.all(texts.map(async (msg) => (await post(url, msg)).status));
  assert.deepEqual(statuses, [201, 201, 400, 201, 201, 201, 201]);
  assert.equal((await readLines(url)).lines.length, 6);
});

test('with no logger at all, nothing is said to be stored, and an unreadable log is not an empty one', async (t) => {
  const logger = await openLogger(createMemoryStore());
  const url = await openWith(t, [logger]);
  assert.equal((await post(url, 'first')).status, 201);
  await logger.close();
  const began = performance.now();
  const stored = await post(url, 'second');
  const read = await fetch(url);
  for (const response of [stored, read]) {
    assert.equal(response.status, 503);
    assert.equal(response.headers.get('retry-after'), '1');
  }
  assert.match(((await stored.json()) as { UUID: string }).UUID, /^[0-9a-f-]{36}$/);
  assert.ok(performance.now() - began < 10_000);
  assert.equal((await fetch(`${url}/health/ready`)).status, 503);
  assert.equal((await fetch(url, { method: 'HEAD' })).status, 503);
  const form = await fetch(`${url}/polls/`, {
    method: 'POST',
    body: new URLSearchParams({ msg: 'x' }),
    redirect: 'manual',
  });
  assert.equal(form.headers.get('location'), '/polls/error');
});
