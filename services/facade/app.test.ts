import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openBadLogger } from '../../test/bad-logger.ts';
import { bodyOf, createCaller } from '../../test/caller.ts';
import { type InProcess, openInProcess } from '../../test/in-process.ts';
import { isSubmission } from './facade.ts';

const UUID = '0198c0de-0000-7000-8000-000000000001';
let trilog: InProcess;
before(async () => {
  trilog = await openInProcess();
});
after(() => trilog.close());

const { send, get, allMessages } = createCaller(() => trilog.url);
const sendJson = (value: unknown, headers?: Record<string, string>) =>
  send(JSON.stringify(value), 'application/json', headers);

describe('a message that is posted', () => {
  for (const [what, body, type] of [
    ['as JSON', '{"msg":"as json"}', 'application/json'],
    ['as a form', 'msg=as+%6a%73on', 'application/x-www-form-urlencoded'],
    ['as text', 'as text', 'text/plain'],
    ['as text in another charset', Buffer.from('gr\xfc\xdfe', 'latin1'), 'text/plain; charset=iso-8859-1'],
    [
      'as a multipart form',
      '--b\r\nContent-Disposition: form-data; name="msg"\r\n\r\nas mültipart\r\n--b--\r\n',
      'multipart/form-data; boundary=b',
    ],
  ] as const) {
    test(`is stored ${what}, and answered with its UUID, text and logger`, async () => {
      const response = await send(body, type);
      assert.equal(response.status, 201);
      const answer = await bodyOf(response);
      assert.deepEqual(Object.keys(answer), ['UUID', 'msg', 'logger']);
      assert.match(answer.UUID, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
      assert.match(answer.logger, /^logger-[123]$/);
      const stored = (await allMessages()).find((message) => message.UUID === answer.UUID);
      assert.equal(stored?.msg, answer.msg);
    });
  }

  test('is stored when its body is compressed', async () => {
    const response = await send(gzipSync('{"msg":"small"}'), 'application/json', { 'Content-Encoding': 'gzip' });
    assert.equal(response.status, 201);
  });

  test('keeps a part of a multipart form that names its charset as it is', async () => {
    const head = 'Content-Disposition: form-data; name="msg"\r\nContent-Type: text/plain; charset = "utf-8"';
    for (const msg of ['\u0100', 'Ã¤', '\ufffd']) {
      const response = await send(`--b\r\n${head}\r\n\r\n${msg}\r\n--b--\r\n`, 'multipart/form-data; boundary=b');
      const { UUID } = await bodyOf(response);
      assert.equal((await allMessages()).find((message) => message.UUID === UUID)?.msg, msg);
    }
  });

  for (const msg of [
    '😀 emoji',
    'مرحبا',
    'line\r\nbreak',
    'nul \0 here',
    '<script>alert(1)</script>',
    '"quoted" \\ back',
    '\u001b[31mred',
    'x'.repeat(65_536),
  ]) {
    test(`keeps ${JSON.stringify(msg.slice(0, 30))} as it is`, async () => {
      const { UUID } = await bodyOf(await sendJson({ msg }));
      assert.equal((await allMessages()).find((message) => message.UUID === UUID)?.msg, msg);
    });
  }

  test('with a UUID of its own is stored once: 201, then 200, and 409 for another text', async () => {
    const first = await sendJson({ UUID: UUID.toUpperCase(), msg: 'own' });
    assert.equal(first.status, 201);
    assert.equal((await bodyOf(first)).UUID, UUID);
    assert.equal((await sendJson({ msg: 'own' }, { 'Idempotency-Key': UUID })).status, 200);
    const other = await sendJson({ UUID, msg: 'other' });
    assert.equal(other.status, 409);
    assert.equal(other.headers.get('content-type'), 'application/problem+json; charset=utf-8');
    assert.deepEqual(
      (await allMessages()).filter((message) => message.UUID === UUID),
      [{ UUID, msg: 'own' }],
    );
  });
});

describe("the original's pages", () => {
  const postForm = (body: string) =>
    get('/polls/', 'text/html', {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });

  test('a form at /polls/, and at / for a browser', async () => {
    for (const [path, accept] of [
      ['/polls/', '*/*'],
      ['/', 'text/html,application/xhtml+xml,*/*;q=0.8'],
    ] as const) {
      const response = await get(path, accept);
      assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
      assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/);
      assert.match(
        await response.text(),
        /<form method="post" action="\/polls\/">[\s\S]*name="msg"[\s\S]*type="submit"/,
      );
    }
  });

  test('a message sent by the form leads to the thanks, and is stored', async () => {
    const response = await postForm('msg=by+form');
    assert.deepEqual([response.status, response.headers.get('location')], [302, '/polls/thanks']);
    assert.equal(await (await get('/polls/thanks')).text(), "Thank's for the message!\n");
    assert.match(await (await get('/polls/database')).text(), /by form/);
  });

  test('a bad message gets the form again, with the reason and 400', async () => {
    const response = await postForm('msg=');
    assert.equal(response.status, 400);
    assert.match(await response.text(), /role="alert">msg must not be empty or blank/);
  });

  test('the others', async () => {
    assert.deepEqual([(await get('/polls')).status, (await get('/polls')).headers.get('location')], [301, '/polls/']);
    const error = await get('/polls/error');
    assert.deepEqual([error.status, await error.text()], [503, 'Message was not logged...\n']);
    assert.match(await (await get('/polls/help')).text(), /Welcome/);
    assert.equal(await (await get('/polls/messages')).text(), 'Hello from messages server! Not implemented.\n');
  });
});

describe('for operators', () => {
  test('health, metrics and the description of the interface', async () => {
    assert.equal((await bodyOf(await get('/health/live'))).status, 'live');
    const ready = await bodyOf(await get('/health/ready'));
    assert.deepEqual(
      ready.loggers.map(({ name }) => name),
      ['logger-1', 'logger-2', 'logger-3'],
    );
    assert.match(await (await get('/metrics')).text(), /http_request_duration_seconds_count\{.*route="\/"/);
    assert.equal((await bodyOf(await get('/openapi.json'))).openapi, '3.1.0');
  });

  test('a request id of the caller is kept if it is one', async () => {
    const id = async (value: string) =>
      (await get('/nothing', '*/*', { headers: { 'X-Request-Id': value } })).headers.get('x-request-id');
    assert.equal(await id('abc-1'), 'abc-1');
    assert.notEqual(await id('a b'), 'a b');
  });
});

test('only what brings a message is refused because of messages that wait', () => {
  const isRefused = (method: string, url: string) => isSubmission({ method, url });
  for (const url of ['/', '/?a=b', '/polls/', '/polls', '/polls?x']) assert.ok(isRefused('POST', url), url);
  for (const url of ['/ui/lab', '/polls/thanks', '/other', '*']) assert.equal(isRefused('POST', url), false, url);
  assert.equal(isRefused('GET', '/'), false);
});

test('a reason that a logger gives forges no line', async () => {
  const logger = await openBadLogger(
    () => {},
    JSON.stringify({ ready: false, reason: `no\nWARN ${'x'.repeat(1_000)}` }),
  );
  const other = await openInProcess({ loggers: [logger] });
  try {
    let reason = '';
    while (reason === '' || reason === 'not asked yet') {
      const { loggers } = (await (await fetch(`${other.url}/health/ready`)).json()) as {
        loggers: { reason: string }[];
      };
      reason = loggers[0]?.reason ?? '';
    }
    assert.match(reason, /^no\\nWARN x{90,}… \(1008 characters\)$/);
  } finally {
    await other.close();
  }
});
