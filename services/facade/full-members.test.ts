import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { v7 } from 'uuid';
import { openBadLogger } from '../../test/bad-logger.ts';
import { createMemoryStore } from '../../test/doubles/memory-store.ts';
import { type InProcess, openInProcess, openLogger } from '../../test/in-process.ts';

let trilog: InProcess;
before(async () => {
  const inner = createMemoryStore();
  /** Has no room for texts that begin with "new". */
  const store: typeof inner = {
    ...inner,
    store: (messages) =>
      Promise.all(
        messages.map(async (message) =>
          message.msg.startsWith('new') ? 'full' : ((await inner.store([message]))[0] ?? 'full'),
        ),
      ),
  };
  trilog = await openInProcess({ loggers: [await openLogger(store), await openLogger(store)] });
});
after(() => trilog.close());

const post = (UUID: string, msg: string) =>
  fetch(trilog.url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ UUID, msg }),
  });

test('when the members are full, the caller is told so with 507 at once, and no other logger is tried', async () => {
  const response = await post(v7(), 'new');
  assert.equal(response.status, 507);
  const { type, detail } = (await response.json()) as { type: string; detail: string };
  assert.equal(type, 'urn:trilog:problem:insufficient-storage');
  assert.match(detail, /MEMBER_HEAP/);
  const metrics = await (await fetch(`${trilog.url}/metrics`)).text();
  const attempts = [...metrics.matchAll(/^trilog_message_attempts_total\{.*\} (\d+)$/gm)].map(([, count]) =>
    Number(count),
  );
  assert.equal(
    attempts.reduce((sum, count) => sum + count, 0),
    1,
  );
});

test('a message that is there has its answer all the same, also beside others that are refused', async () => {
  const UUID = v7();
  assert.equal((await post(UUID, 'old')).status, 201);
  const answers = await Promise.all([
    ...Array.from({ length: 20 }, (_, n) => post(v7(), `new ${n}`)),
    post(UUID, 'old'),
    post(UUID, 'other'),
  ]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [...Array(20).fill(507), 200, 409],
  );
});

/** A logger whose disk is full. */
const openFull = () =>
  openBadLogger((response) => {
    response.statusCode = 507;
    response.end('{"detail":"The disk that has data/logger-1 is full."}');
  });

test('when the disk of one logger is full, another one is tried; when those of all are, the caller is told so with 507', async (t) => {
  const one = await openInProcess({ loggers: [await openFull(), await openLogger(createMemoryStore())] });
  t.after(one.close);
  const none = await openInProcess({ loggers: [await openFull(), await openFull()] });
  t.after(none.close);
  const send = (url: string) => fetch(url, { method: 'POST', body: 'text', headers: { 'Content-Type': 'text/plain' } });
  for (let n = 0; n < 10; n++) assert.equal((await send(one.url)).status, 201);
  const began = performance.now();
  const response = await send(none.url);
  assert.equal(response.status, 507);
  assert.match(((await response.json()) as { detail: string }).detail, /The disk that has data\/logger-1 is full/);
  assert.ok(performance.now() - began < 1_500, 'at once');
});

test('where another attempt may have stored the message, nobody is told that it is not', async (t) => {
  const silent = await openBadLogger(() => {});
  const full = await openBadLogger((response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end('{"outcomes":["full"],"detail":"No room."}');
  });
  const trilog = await openInProcess({ loggers: [silent, full], attemptTimeoutMs: 100 });
  t.after(trilog.close);
  const statuses = new Set<number>();
  // In random order: the full one is asked first, or beside the other one, which may store it yet.
  for (let n = 0; n < 40 && statuses.size < 2; n++) {
    const response = await fetch(trilog.url, {
      method: 'POST',
      body: 'text',
      headers: { 'Content-Type': 'text/plain' },
    });
    const { detail } = (await response.json()) as { detail: string };
    assert.match(detail, response.status === 503 ? /another attempt may have stored it/ : /No room/);
    statuses.add(response.status);
  }
  assert.deepEqual([...statuses].sort(), [503, 507]);
});
