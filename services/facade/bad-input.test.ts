import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { bodyOf, createCaller } from '../../test/caller.ts';
import { type InProcess, openInProcess } from '../../test/in-process.ts';

const UUID = '0198c0de-0000-7000-8000-000000000001';
let trilog: InProcess;
before(async () => {
  trilog = await openInProcess();
});
after(() => trilog.close());

const { send, get, allMessages } = createCaller(() => trilog.url);

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
    ['deep nesting', 400, `${'['.repeat(100_000)}`, JSON_TYPE],
    ['a member twice', 400, '{"msg":"a","msg":"b"}', JSON_TYPE],
    ['a member twice, one of them escaped', 400, '{"msg":"a","\\u006dsg":"b"}', JSON_TYPE],
    ['an unknown member', 400, '{"msg":"a","uuid":"b"}', JSON_TYPE],
    ['__proto__', 400, '{"msg":"a","__proto__":{"x":1}}', JSON_TYPE],
    ['a bad UUID', 400, '{"msg":"a","UUID":"7"}', JSON_TYPE],
    ['a bad Idempotency-Key', 400, '{"msg":"a"}', JSON_TYPE, { 'Idempotency-Key': 'x'.repeat(256) }],
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
    ['another Content-Type', 415, '<msg>a</msg>', 'application/xml'],
    ['an unknown charset', 415, 'a', 'text/plain; charset=klingon'],
    [
      'a part of a multipart form in another charset',
      415,
      '--b\r\nContent-Disposition: form-data; name="msg"\r\nContent-Type: text/plain; charset=klingon\r\n\r\na\r\n--b--\r\n',
      'multipart/form-data; boundary=b',
    ],
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
