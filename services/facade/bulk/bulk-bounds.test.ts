import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import express, { type ErrorRequestHandler } from 'express';
import { until } from '../../../test/until.ts';
import { listen } from '../../shared/http/http-server.ts';
import { beginRequestTrace } from '../../shared/http/request-trace.ts';
import { createSilentLog, type Log } from '../../shared/observing/log.ts';
import { createEvents } from '../events.ts';
import { createBulk } from './bulk.ts';

const NDJSON = 'application/x-ndjson';
const keyOf = (n: number) => `0198c0de-0000-7000-8000-${String(n).padStart(12, '0')}`;

function post(body: string, url: string): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers: { 'Content-Type': NDJSON } });
}

/** What takes lines, with nothing behind it. */
async function openBulk(
  t: TestContext,
  load = () => ({ queuedItems: 0, queuedBytes: 0 }),
  log: Log = createSilentLog(),
) {
  const { take, close } = createBulk({
    write: async () => ({ outcome: 'stored', logger: 'logger-1' }),
    ...{ load, events: createEvents(), log },
    ...{ maxBulkRequests: 1, idleMs: 300, createId: () => keyOf(1), maxMessageBytes: 100 },
  });
  const app = express();
  app.use((request, response, next) => {
    beginRequestTrace(request, response);
    next();
  }, take);
  app.use(((_error, _request, response, _next) => void response.sendStatus(503)) satisfies ErrorRequestHandler);
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  t.after(() => {
    close();
    return server.close();
  });
  return server;
}

test('lines wait while a batch waits already, by its messages or its bytes', async (t) => {
  const load = { queuedItems: 256, queuedBytes: 0 };
  const server = await openBulk(t, () => load);
  let isDone = false;
  const answered = post('{"msg":"hello"}\n', server.url).then(async (response) => {
    const text = await response.text();
    isDone = true;
    return text;
  });
  Object.assign(load, await pause(50, { queuedItems: 1, queuedBytes: 1_048_576 }));
  await pause(50);
  assert.equal(isDone, false);
  load.queuedBytes = 1_048_575;
  assert.match(await answered, /"status":201/);
});

test('a caller that takes no answers is cut off, and has its place no longer', async (t) => {
  const server = await openBulk(t);
  const slow = connect(Number(new URL(server.url).port), '127.0.0.1');
  t.after(() => slow.destroy());
  slow.on('error', () => {});
  const lines = '{\n'.repeat(60_000); // their answers are more than a connection holds
  slow.write(
    `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${NDJSON}\r\nContent-Length: ${lines.length}\r\n\r\n${lines}`,
  );
  const again = async () => (await post('{"msg":"hello"}\n', server.url)).status;
  await until('it has the only place', 10_000, async () => (await again()) === 503);
  await until('the place is free', 20_000, async () => (await again()) === 200);
});

test('a caller that leaves in the middle of its lines is no fault of the facade', async (t) => {
  const errors: unknown[] = [];
  const server = await openBulk(
    t,
    undefined,
    Object.assign(createSilentLog(), { error: (...told: unknown[]) => errors.push(told) }),
  );
  const leaving = request(server.url, { method: 'POST', headers: { 'Content-Type': NDJSON } }).on('error', () => {});
  leaving.write('{"msg":"one"}\n');
  await once(leaving, 'response');
  leaving.destroy();
  await until('its place is free', 10_000, async () => (await post('{"msg":"b"}\n', server.url)).status === 200);
  assert.deepEqual(errors, []);
});
