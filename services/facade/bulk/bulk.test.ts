import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createMemoryStore } from '../../../test/doubles/memory-store.ts';
import { type InProcess, openInProcess, openLogger } from '../../../test/in-process.ts';

const NDJSON = 'application/x-ndjson';
const keyOf = (n: number) => `0198c0de-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** So that a busy machine makes no difference. */
const PATIENT = { requestTimeoutMs: 30_000, attemptTimeoutMs: 10_000 };

let trilog: InProcess;
before(async () => {
  trilog = await openInProcess(PATIENT);
});
after(() => trilog.close());

function post(body: string | Buffer, headers: Record<string, string> = {}, url = trilog.url): Promise<Response> {
  return fetch(url, { method: 'POST', body: Buffer.from(body), headers: { 'Content-Type': NDJSON, ...headers } });
}

async function linesOf(response: Response) {
  assert.equal(response.status, 200);
  return parseLines(await response.text());
}

function parseLines(text: string): Record<string, unknown>[] {
  assert.ok(text === '' || text.endsWith('\n'));
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

async function read(url = trilog.url): Promise<string> {
  const response = await fetch(url, { headers: { Accept: NDJSON } });
  assert.equal(response.status, 200);
  return response.text();
}

test('each line is answered, in the order of the lines; one that is wrong is told so, and the rest is stored', async () => {
  const lines = [
    `{"UUID":"${keyOf(1)}","msg":"a"}`,
    '{"msg":"b"}\r',
    '',
    '{"msg":',
    `{"UUID":"${keyOf(1)}","msg":"another"}`,
    `{"UUID":"${keyOf(1)}","msg":"a","time":"2026-01-01T00:00:00.000Z","next":"${keyOf(1)}"}`,
    '{"msg":"c","uuid":"d"}',
    '{"msg":" "}',
    '{"msg":"e","msg":"f"}',
    `{"msg":"${'x'.repeat(70_000)}"}`,
    `{"msg":"${'x'.repeat(500_000)}"}`,
    '{"msg":"end without a line feed"}',
  ];
  const answers = await linesOf(await post(lines.join('\n')));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [201, 201, 400, 409, 200, 400, 400, 400, 413, 413, 201],
  );
  const [first, , third, fourth] = answers;
  assert.deepEqual([first?.UUID, third?.line, fourth?.UUID], [keyOf(1), 3, keyOf(1)]);
  assert.match(String(third?.detail), /JSON/);
  const texts = parseLines(await read()).map(({ msg }) => msg);
  assert.deepEqual(texts.toSorted(), ['a', 'b', 'end without a line feed']);
});

test('what is read from one system and sent to an empty one gives the same', async (t) => {
  const other = await openInProcess(PATIENT);
  t.after(other.close);
  const texts = Array.from({ length: 1_000 }, (_, n) => `${n} "їжак"\n${'\u001b'.repeat(n % 5)}`);
  const sent = await linesOf(await post(texts.map((msg) => `${JSON.stringify({ msg })}\n`).join('')));
  assert.ok(sent.every(({ status }) => status === 201));
  const all = await read();
  const again = await linesOf(await post(gzipSync(all), { 'Content-Encoding': 'gzip' }, other.url));
  assert.equal(again.length, parseLines(all).length);
  assert.ok((await read(other.url)) === all); // not by equal, which would take minutes to show where they differ
});

test('answers come while lines are still sent; a caller that reads late gets all of them', async () => {
  const sending = request(trilog.url, { method: 'POST', headers: { 'Content-Type': NDJSON } });
  sending.write('{"msg":"early"}\n');
  const [response] = await once(sending, 'response');
  const [early] = await once(response, 'data');
  assert.equal(parseLines(String(early))[0]?.status, 201);
  response.pause();
  for (let n = 0; n < 12_000; n++) if (!sending.write('{"msg":""}\n')) await once(sending, 'drain');
  sending.end();
  const chunks = await response.toArray();
  assert.equal(parseLines(Buffer.concat(chunks).toString()).length, 12_000);
});

test('no more requests with lines are taken than may be, and no line that nobody waits for', async () => {
  const open = () => request(trilog.url, { method: 'POST', headers: { 'Content-Type': NDJSON } });
  const held = [open(), open()];
  for (const one of held) {
    one.write('{"msg":"held"}\n');
    await once(one, 'response');
  }
  const refused = await post('{"msg":"refused"}');
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get('Retry-After'), '1');
  for (const one of held) one.on('error', () => {}).destroy();
  for (let status = 503; status === 503; ) ({ status } = await post('{"msg":"after"}'));
  assert.ok(!(await read()).includes('refused'));
});

test('a request with lines may be of HTTP/1.0, and must be one that is understood', async () => {
  const { hostname, port } = new URL(trilog.url);
  const socket = connect(Number(port), hostname);
  const body = '{"msg":"of 1.0"}\n';
  socket.write(
    `POST / HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Type: ${NDJSON}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  const answer = Buffer.concat(await socket.toArray()).toString();
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(answer, /\r\n\r\n\{"UUID":"[\da-f-]{36}","status":201,"logger":"logger-\d"\}\n$/);
  for (const name of ['Idempotency-Key', 'X-Idempotency-Key'])
    assert.equal((await post('{}', { [name]: keyOf(3) })).status, 400);
  assert.equal((await post('{}', {}, `${trilog.url}/?msg=a`)).status, 400);
  assert.equal((await post('{}', { 'Content-Type': `${NDJSON}; charset=latin1` })).status, 415);
  assert.deepEqual(
    (await linesOf(await post('{}', { 'Content-Encoding': 'zstd' }))).map(({ status }) => status),
    [415],
  );
});

test('what loggers cannot store is told line by line, and what to do', async (t) => {
  const away = { ready: false, state: 'no-quorum' as const, member: 'm', reason: 'does not count' };
  const failing = { ...createMemoryStore(), store: () => Promise.reject(new Error('down')), status: async () => away };
  const outage = await openInProcess({ loggers: [await openLogger(failing)], requestTimeoutMs: 1_000 });
  t.after(outage.close);
  // More than three batches and what waits behind them: the rest is taken once these were given up, and not before.
  const lines = `{"UUID":"${keyOf(1)}","msg":"a"}\n${'{"msg":"b"}\n'.repeat(1_500)}`;
  const answers = await linesOf(await post(lines, {}, outage.url));
  assert.deepEqual([answers.length, new Set(answers.map(({ status }) => status))], [1_501, new Set([503])]);
  assert.equal(answers[0]?.UUID, keyOf(1));
  assert.match(String(answers[1]?.detail), /Send it again/);
});
