import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type InProcess, openInProcess } from '../../test/in-process.ts';

const UUID = '0198c0de-0000-7000-8000-000000000001';
let trilog: InProcess;
before(async () => {
  trilog = await openInProcess();
});
after(() => trilog.close());

function send(
  body: string | Buffer,
  type: string | undefined,
  headers: Record<string, string> = {},
): Promise<Response> {
  const typed = type === undefined ? headers : { 'Content-Type': type, ...headers };
  return fetch(`${trilog.url}/`, {
    method: 'POST',
    body: typeof body === 'string' ? Buffer.from(body) : body,
    headers: typed,
  });
}

const sendJson = (value: unknown, headers?: Record<string, string>) =>
  send(JSON.stringify(value), 'application/json', headers);

function get(path: string, accept = '*/*', init: RequestInit = {}): Promise<Response> {
  return fetch(trilog.url + path, { headers: { Accept: accept }, redirect: 'manual', ...init });
}

/** Every member that one answer or another has. */
interface Body {
  readonly UUID: string;
  readonly msg: string;
  readonly logger: string;
  readonly type: string;
  readonly title: string;
  readonly status: unknown;
  readonly detail: string;
  readonly requestId: string;
  readonly loggers: readonly { readonly name: string }[];
  readonly openapi: string;
}
const bodyOf = async (response: Response) => (await response.json()) as Body;

async function allMessages(): Promise<{ UUID: string; msg: string }[]> {
  const lines = (await (await get('/', 'application/x-ndjson')).text()).split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

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

describe('bad input is told what is wrong with it', () => {
  const JSON_TYPE = 'application/json';
  const FORM = 'application/x-www-form-urlencoded';
  const cases: readonly [
    what: string,
    status: number,
    body: string | Buffer,
    type: string | undefined,
    headers?: Record<string, string>,
  ][] = [
    ['no body', 400, '', JSON_TYPE],
    ['half a JSON', 400, '{"msg":"a', JSON_TYPE],
    ['an empty text', 400, '{"msg":""}', JSON_TYPE],
    ['a blank text', 400, '{"msg":" \\n\\t "}', JSON_TYPE],
    ['no text', 400, '{}', JSON_TYPE],
    ['a number as text', 400, '{"msg":1}', JSON_TYPE],
    ['an array as text', 400, '{"msg":["a"]}', JSON_TYPE],
    ['an object as text', 400, '{"msg":{"a":{"b":1}}}', JSON_TYPE],
    ['null as text', 400, '{"msg":null}', JSON_TYPE],
    ['an array as body', 400, '["a"]', JSON_TYPE],
    ['a text as body', 400, '"a"', JSON_TYPE],
    ['deep nesting', 400, `${'['.repeat(100_000)}`, JSON_TYPE],
    ['a member twice', 400, '{"msg":"a","msg":"b"}', JSON_TYPE],
    ['a member twice, one of them escaped', 400, '{"msg":"a","\\u006dsg":"b"}', JSON_TYPE],
    ['an unknown member', 400, '{"msg":"a","uuid":"b"}', JSON_TYPE],
    ['__proto__', 400, '{"msg":"a","__proto__":{"x":1}}', JSON_TYPE],
    ['a bad UUID', 400, '{"msg":"a","UUID":"7"}', JSON_TYPE],
    ['a bad Idempotency-Key', 400, '{"msg":"a"}', JSON_TYPE, { 'Idempotency-Key': 'x' }],
    [
      'two different UUIDs',
      400,
      `{"msg":"a","UUID":"${UUID}"}`,
      JSON_TYPE,
      { 'Idempotency-Key': UUID.replace('1', '2') },
    ],
    ['half a surrogate pair', 400, '{"msg":"\\ud83d"}', JSON_TYPE],
    ['bytes that are no UTF-8', 400, Buffer.from([0x22, 0xff, 0x22]), JSON_TYPE],
    ['text that is no UTF-8', 400, Buffer.from([0xc3, 0x28]), 'text/plain'],
    ['a form that is no UTF-8', 400, 'msg=%FF', FORM],
    ['a broken percent-encoding', 400, 'msg=%zz', FORM],
    ['a field twice', 400, 'msg=a&msg=b', FORM],
    ['an unknown field', 400, 'text=a', FORM],
    [
      'a multipart form cut off',
      400,
      '--b\r\nContent-Disposition: form-data; name="msg"\r\n\r\nhal',
      'multipart/form-data; boundary=b',
    ],
    ['a multipart form without a boundary', 400, 'x', 'multipart/form-data'],
    [
      'a file',
      400,
      '--b\r\nContent-Disposition: form-data; name="msg"; filename="f"\r\n\r\nx\r\n--b--\r\n',
      'multipart/form-data; boundary=b',
    ],
    ['a broken gzip', 400, 'no gzip', JSON_TYPE, { 'Content-Encoding': 'gzip' }],
    ['a bad Content-Type', 400, '{"msg":"a"}', 'json'],
    ['a text that is too large', 413, `{"msg":"${'x'.repeat(65_537)}"}`, JSON_TYPE],
    ['a text of too many bytes', 413, `{"msg":"${'ä'.repeat(32_769)}"}`, JSON_TYPE],
    ['a body that is far too large', 413, 'x'.repeat(1_000_000), 'text/plain'],
    ['a zip bomb', 413, gzipSync(Buffer.alloc(50_000_000)), JSON_TYPE, { 'Content-Encoding': 'gzip' }],
    ['no Content-Type', 415, '{"msg":"a"}', undefined],
    ['another Content-Type', 415, '<msg>a</msg>', 'application/xml'],
    ['an unknown charset', 415, 'a', 'text/plain; charset=klingon'],
    ['an unknown encoding', 415, 'a', 'text/plain', { 'Content-Encoding': 'zip' }],
    ['a form of another website', 403, 'msg=a', FORM, { Origin: 'http://evil.example' }],
    ['a request that a browser marks as of another website', 403, 'msg=a', FORM, { 'Sec-Fetch-Site': 'cross-site' }],
  ];
  for (const [what, status, body, type, headers] of cases) {
    test(`${what}: ${status}`, async () => {
      const before = (await allMessages()).length;
      const response = await send(body, type, headers);
      const problem = await bodyOf(response);
      assert.equal(response.status, status, JSON.stringify(problem));
      assert.equal(response.headers.get('content-type'), 'application/problem+json; charset=utf-8');
      assert.equal(problem.status, status);
      assert.ok(problem.type && problem.title && problem.detail.length > 10, JSON.stringify(problem));
      assert.equal(problem.requestId, response.headers.get('x-request-id'));
      assert.equal((await allMessages()).length, before);
    });
  }

  test('an unknown path, and a method that is not taken', async () => {
    assert.equal((await get('/nothing')).status, 404);
    for (const [method, path, allow] of [
      ['DELETE', '/', 'GET, HEAD, POST, OPTIONS'],
      ['POST', '/polls/thanks', 'GET, HEAD, OPTIONS'],
    ] as const) {
      const response = await get(path, '*/*', { method });
      assert.equal(response.status, 405);
      assert.equal(response.headers.get('allow'), allow);
      assert.equal((await bodyOf(response)).status, 405);
    }
  });
});

describe('all messages', () => {
  let own: InProcess;
  const texts = ['msg1', 'two\nlines', 'say "hi" \\ there', '<b>', '\u001b[2J'];
  before(async () => {
    own = await openInProcess();
    for (const msg of texts) {
      const body = JSON.stringify({ msg });
      await fetch(own.url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    }
  });
  after(() => own.close());
  const read = async (path: string, accept: string) => {
    const response = await fetch(own.url + path, { headers: { Accept: accept } });
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  };
  const line = 'msg1 two\\nlines say "hi" \\ there <b> \\u001b[2J\n';

  for (const accept of ['*/*', 'text/plain', 'image/png']) {
    test(`come as one line of text, then the other service's, with Accept: ${accept}`, async () => {
      const { text, type } = await read('/', accept);
      assert.equal(type, 'text/plain; charset=utf-8');
      assert.equal(text, `${line}Hello from messages server! Not implemented.\n`);
    });
  }

  test('come as JSON', async () => {
    const { text, type } = await read('/', 'application/json');
    assert.equal(type, 'application/json; charset=utf-8');
    const { messages, messagesService, ...rest } = JSON.parse(text);
    assert.deepEqual(
      messages.map(({ msg }: { msg: string }) => msg),
      texts,
    );
    assert.equal(messagesService, 'Hello from messages server! Not implemented.');
    assert.deepEqual(rest, {});
  });

  test('come page by page', async () => {
    const pages: string[][] = [];
    let next = '';
    do {
      const { text } = await read(`/?limit=2${next && `&after=${next}`}`, 'application/json');
      const page = JSON.parse(text);
      pages.push(page.messages.map(({ msg }: { msg: string }) => msg));
      next = page.next ?? '';
    } while (next);
    assert.deepEqual(pages, [texts.slice(0, 2), texts.slice(2, 4), texts.slice(4)]);
  });

  test('come as NDJSON, a message a line', async () => {
    const { text, type } = await read('/?limit=3', 'application/x-ndjson');
    assert.equal(type, 'application/x-ndjson');
    assert.deepEqual(
      text
        .split('\n')
        .slice(0, -1)
        .map((each) => JSON.parse(each).msg),
      texts.slice(0, 3),
    );
  });

  test('cannot be asked for with a bad limit or key', async () => {
    for (const query of ['limit=0', 'limit=x', 'limit=10001', 'limit=1&limit=2', 'after=7']) {
      assert.equal((await read(`/?${query}`, '*/*')).status, 400, query);
    }
  });

  test('are not read for HEAD and OPTIONS', async () => {
    const head = await fetch(own.url, { method: 'HEAD' });
    assert.deepEqual([head.status, await head.text()], [200, '']);
    const options = await fetch(own.url, { method: 'OPTIONS' });
    assert.deepEqual([options.status, options.headers.get('allow')], [204, 'GET, HEAD, POST, OPTIONS']);
  });

  test('come in full without the messages service, which is said', async () => {
    await own.messages.close();
    assert.equal((await read('/', '*/*')).text, `${line}Failed to connect to messages....\n`);
    assert.equal(JSON.parse((await read('/', 'application/json')).text).messagesService, null);
    assert.equal((await read('/polls/messages', '*/*')).status, 503);
  });
});

describe('an empty log', () => {
  test('is read as empty, in every format', async () => {
    const own = await openInProcess();
    const read = async (accept: string) => (await fetch(own.url, { headers: { Accept: accept } })).text();
    assert.equal(await read('text/plain'), '\nHello from messages server! Not implemented.\n');
    assert.deepEqual(JSON.parse(await read('application/json')).messages, []);
    assert.equal(await read('application/x-ndjson'), '');
    await own.close();
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
      assert.match(await response.text(), /<form method="post" action="\/polls\/">[\s\S]*name="msg"[\s\S]*Submit/);
    }
  });

  test('a message sent by the form leads to the thanks, and is stored', async () => {
    const response = await postForm('msg=by+form');
    assert.deepEqual([response.status, response.headers.get('location')], [302, '/polls/thanks']);
    assert.equal(await (await get('/polls/thanks')).text(), "Thank's for the message!");
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
    assert.deepEqual([error.status, await error.text()], [503, 'Message was not logged...']);
    assert.match(await (await get('/polls/help')).text(), /Welcome/);
    assert.equal(await (await get('/polls/messages')).text(), 'Hello from messages server! Not implemented.');
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
