import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createMemoryStore } from '../../test/doubles/memory-store.ts';
import { openLogger } from '../../test/in-process.ts';
import type { HttpServer } from '../shared/http/http-server.ts';
import { Problem } from '../shared/message/problem.ts';

const key = (n: number) => `0198c0de-0000-7000-8000-00000000000${n}`;
let logger: HttpServer;
before(async () => {
  logger = await openLogger(createMemoryStore());
});
after(() => logger.close());

const post = (path: string, body: unknown, type = 'application/json') =>
  fetch(logger.url + path, {
    method: 'POST',
    headers: { 'Content-Type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('POST /database/', () => {
  test('answers OK once the message is stored, and again when it is repeated', async () => {
    for (let n = 0; n < 2; n++) {
      const response = await post('/database/', { UUID: key(1), msg: 'one' });
      assert.deepEqual([response.status, await response.text()], [200, 'OK\n']);
    }
    assert.equal((await post('/database/', { UUID: key(1), msg: 'another' })).status, 409);
  });

  test('refuses what is no message', async () => {
    for (const body of [
      '{',
      '[]',
      '{"UUID":"1","msg":"a"}',
      '{"msg":"a"}',
      `{"UUID":"${key(2)}"}`,
      `{"UUID":"${key(2)}","msg":"a","msg":"b"}`,
    ]) {
      assert.equal((await post('/database/', body)).status, 400, body);
    }
    assert.equal((await post('/database/', `UUID=${key(2)}&msg=a`, 'application/x-www-form-urlencoded')).status, 415);
  });
});

describe('POST /database/batch', () => {
  test('stores many messages, and says of each what became of it', async () => {
    const messages = [
      { UUID: key(3), msg: 'three' },
      { UUID: key(1), msg: 'one' },
      { UUID: key(1), msg: 'not one' },
    ];
    const response = await post('/database/batch', { messages });
    assert.deepEqual([response.status, await response.json()], [200, { outcomes: ['stored', 'present', 'conflict'] }]);
  });

  test('takes the traceparent that a message came by, and passes over what is none', async () => {
    const traceparents = ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'none', 7, null, {}];
    const messages = traceparents.map((traceparent) => ({ UUID: key(3), msg: 'three', traceparent }));
    const response = await post('/database/batch', { messages });
    assert.deepEqual([response.status, await response.json()], [200, { outcomes: messages.map(() => 'present') }]);
    // It is no part of the message.
    assert.doesNotMatch(await (await fetch(`${logger.url}/database/`)).text(), /0af7651916cd43dd8448eb211c80319c/);
  });

  test('refuses what is no batch', async () => {
    for (const body of [
      {},
      { messages: [] },
      { messages: [{}] },
      { messages: Array(1_001).fill({ UUID: key(4), msg: 'x' }) },
    ]) {
      assert.equal((await post('/database/batch', body)).status, 400);
    }
  });

  test('refuses more text than a record on disk may have', async () => {
    const most = { UUID: key(4), msg: '€'.repeat(65_536 / 4) };
    const response = await post('/database/batch', { messages: Array(90).fill(most) });
    assert.equal(response.status, 413);
    assert.match(await response.text(), /at most 4194304 bytes/);
  });
});

test('GET /database/ gives the messages alone, in every format', async () => {
  const read = async (accept: string) =>
    (await fetch(`${logger.url}/database/`, { headers: { Accept: accept } })).text();
  assert.equal(await read('*/*'), 'one three\n');
  assert.deepEqual(JSON.parse(await read('application/json')), {
    messages: [
      { UUID: key(1), msg: 'one' },
      { UUID: key(3), msg: 'three' },
    ],
  });
  assert.equal(
    await read('application/x-ndjson'),
    `{"UUID":"${key(1)}","msg":"one"}\n{"UUID":"${key(3)}","msg":"three"}\n`,
  );
  const redirect = await fetch(`${logger.url}/database`, { redirect: 'manual' });
  assert.deepEqual([redirect.status, redirect.headers.get('location')], [301, '/database/']);
});

test('without its member, a logger says 503 to everything but that it lives', async () => {
  const unavailable = () => {
    throw new Problem('unavailable', 'The logger waits for its member.');
  };
  const store = {
    ...createMemoryStore(),
    store: async () => unavailable(),
    read: () => ({ [Symbol.asyncIterator]: unavailable }),
    storedBytes: async () => unavailable(),
    clusterSize: () => 0,
    status: async () => ({ ready: false, state: 'waiting-for-member' as const, reason: 'waits', member: 'm' }),
  };
  const waiting = await openLogger(store);
  const requests = [
    fetch(`${waiting.url}/database/`),
    fetch(`${waiting.url}/database/`, { method: 'HEAD' }),
    fetch(`${waiting.url}/health/ready`),
    fetch(`${waiting.url}/database/`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: `{"UUID":"${key(5)}","msg":"x"}`,
    }),
  ];
  for (const response of await Promise.all(requests)) assert.equal(response.status, 503);
  assert.equal((await fetch(`${waiting.url}/health/live`)).status, 200);
  assert.match(await (await fetch(`${waiting.url}/metrics`)).text(), /trilog_cluster_members\{service="logger-1"\} 0/);
  await waiting.close();
});

test('when the members are full, it says so with 507, and of each message of a batch what became of it', async () => {
  const store = {
    ...createMemoryStore(),
    store: async (messages: readonly { readonly msg: string }[]) =>
      messages.map(({ msg }) => (msg === 'old' ? ('present' as const) : ('full' as const))),
    storedBytes: async () => 2_097_152,
  };
  const full = await openLogger(store, 'logger-1', 65_536, 2_097_152);
  const send = (path: string, body: unknown) =>
    fetch(full.url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  const one = await send('/database/', { UUID: key(1), msg: 'new' });
  assert.equal(one.status, 507);
  const problem = (await one.json()) as Record<string, unknown>;
  assert.equal(problem.type, 'urn:trilog:problem:insufficient-storage');
  assert.match(String(problem.detail), /all of the 2\.0 MB .*MAX_STORED_BYTES.*MEMBER_HEAP/);
  assert.equal((await send('/database/', { UUID: key(2), msg: 'old' })).status, 200);
  const messages = [
    { UUID: key(2), msg: 'old' },
    { UUID: key(1), msg: 'new' },
  ];
  const batch = await send('/database/batch', { messages });
  assert.deepEqual(
    [batch.status, await batch.json()],
    [200, { outcomes: ['present', 'full'], detail: problem.detail }],
  );
  const metrics = await (await fetch(`${full.url}/metrics`)).text();
  assert.match(metrics, /^trilog_stored_bytes\{service="logger-1"\} 2097152$/m);
  assert.match(metrics, /^trilog_stored_bytes_limit\{service="logger-1"\} 2097152$/m);
  await full.close();
});
