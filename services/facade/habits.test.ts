import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { bodyOf, createCaller } from '../../test/caller.ts';
import { type InProcess, openInProcess } from '../../test/in-process.ts';

let trilog: InProcess;
before(async () => {
  trilog = await openInProcess();
});
after(() => trilog.close());

const { send, get, allMessages } = createCaller(() => trilog.url);
const JSON_TYPE = 'application/json';
const FORM = 'application/x-www-form-urlencoded';

describe('a text is taken as people send it', () => {
  for (const [what, body, type, msg] of [
    ['a JSON string', '"msg1"', JSON_TYPE, 'msg1'],
    ['curl -d hello', 'hello', FORM, 'hello'],
    ['curl -d with spaces and umlauts', 'Grüße an alle!', FORM, 'Grüße an alle!'],
    ['curl --data-binary of two lines', 'two\nlines\n', FORM, 'two\nlines\n'],
    ['JSON without its header', '{"msg":"a=b & 100%"}', FORM, 'a=b & 100%'],
    ['a JSON string without its header', ' "a=b" ', FORM, 'a=b'],
    ['JSON without any header', '{"msg":"bare"}', undefined, 'bare'],
    ['a form without any header', 'msg=a+b', undefined, 'a b'],
    ['a text without any header', 'just text', undefined, 'just text'],
    ['JSON as text/plain, which is a text', '{"msg":"a"}', 'text/plain', '{"msg":"a"}'],
  ] as const) {
    test(what, async () => {
      const response = await send(body, type);
      const answer = await bodyOf(response);
      assert.deepEqual([response.status, answer.msg], [201, msg], JSON.stringify(answer));
      assert.equal((await allMessages()).find(({ UUID }) => UUID === answer.UUID)?.msg, msg);
    });
  }

  test('in the address, if there is no body', async () => {
    const response = await get('/?msg=in%20the+address', '*/*', { method: 'POST' });
    assert.deepEqual([response.status, (await bodyOf(response)).msg], [201, 'in the address']);
  });
});

describe('what could be meant otherwise gets 400, what is wrong with it, and the right line', () => {
  const EXAMPLE = /^curl -d msg=hello http:\/\/127\.0\.0\.1:\d+\/$/;
  for (const [what, body, type, detail] of [
    ['a sum', '1+1', FORM, /"1 1"/],
    ['a text with &', 'rock & roll', FORM, /"rock "/],
    ['a text that may be encoded', 'hello%20world', FORM, /"hello world"/],
    ['a text with =', 'a=b', FORM, /"a"/],
    ['the name of the field alone', 'msg', FORM, /empty/],
    ['JSON as a shell of Windows sends it', "'{msg:a}'", FORM, /not valid JSON/],
    ['bytes', '\0\x01', FORM, /no member/],
    ['another name', '{"message":"a"}', JSON_TYPE, /"message"; known: UUID, msg/],
    ['a misspelt name', 'mgs=a', FORM, /"mgs"; known: UUID, msg/],
    ['a name twice in JSON', '{"msg":"x \\"msg\\": y","UUID":"a","UUID":"b"}', JSON_TYPE, /"UUID" stands twice/],
    ['a name twice beside a null', '{"msg":"a","msg":"b","UUID":null}', JSON_TYPE, /"msg" stands twice/],
    ['a name twice in a form', 'msg=a&msg=b', FORM, /"msg" stands twice/],
    ['an array', '["a"]', JSON_TYPE, /must be an object/],
  ] as const) {
    test(what, async () => {
      const response = await send(body, type);
      const answer = await bodyOf(response);
      assert.equal(response.status, 400, JSON.stringify(answer));
      assert.match(answer.detail, detail);
      assert.match(answer.example, EXAMPLE);
    });
  }

  for (const [method, path, detail, example] of [
    ['POST', '/?msg=a&msg=b', /"msg" stands twice/, EXAMPLE],
    ['POST', '/?mgs=a', /"mgs"; known: UUID, msg/, EXAMPLE],
    ['POST', '/?msg=%ff', /not valid UTF-8/, EXAMPLE],
    ['GET', '/?msg=hello', /"msg"; known: after, limit/, EXAMPLE],
    ['GET', '/?limt=1', /"limt"; known: after, limit/, /^curl http:\S+\/$/],
    ['GET', '/?folow=1', /"folow"; known: after, limit, follow\./, /^curl http:\S+\/$/],
    ['GET', '/?follow=1&aftr=x', /"aftr"; known: follow, after\./, /^curl http:\S+\/$/],
    ['GET', '/?limit=1&limit=2', /"limit" stands twice/, /^curl http:\S+\/$/],
    ['GET', '/polls/database?page=1', /"page"; known: after, limit/, /^curl /],
    ['GET', '/ui/older?txt=a', /"txt"; known: before, limit, text/, /^curl /],
  ] as const) {
    test(`${method} ${path}`, async () => {
      const response = await get(path, '*/*', { method });
      const answer = await bodyOf(response);
      assert.equal(response.status, 400);
      assert.match(answer.detail, detail);
      assert.match(answer.example, example);
    });
  }

  test('a text in the address and in the body', async () => {
    const response = await fetch(`${trilog.url}/?msg=a`, { method: 'POST', body: 'b' });
    assert.match((await bodyOf(response)).detail, /msg stands in the address and in the body/);
  });
});

describe('the addresses of other versions of the exercise show the right line', () => {
  for (const path of ['/facade_service', '/facade-service/', '/facade', '/message', '/messages', '/log', '/send'])
    test(path, async () => {
      for (const [method, line] of [
        ['GET', /^curl http:\S+\/$/],
        ['POST', /^curl -d msg=hello http:\S+\/$/],
      ] as const) {
        const response = await get(path, '*/*', { method });
        assert.equal(response.status, 404);
        assert.match((await bodyOf(response)).example, line);
      }
    });

  test('at a logger, at the messages service, and by PUT', async () => {
    const [logger] = trilog.loggers;
    for (const [url, method, status, line] of [
      [`${logger?.url}/log`, 'GET', 404, /^curl http:\S+\/database\/$/],
      [`${logger?.url}/logging`, 'POST', 404, /^curl -H .* -d '\{"UUID":.*\}' http:\S+\/database\/$/],
      [`${trilog.messages.url}/message`, 'POST', 404, /^curl http:\S+\/messages\/$/],
      [`${trilog.url}/`, 'PUT', 405, /^curl -d msg=hello http:\S+\/$/],
    ] as const) {
      const response = await fetch(url, { method });
      assert.equal(response.status, status);
      assert.match((await bodyOf(response)).example, line);
    }
  });

  test('without their slash, what is sent is sent on, with what the address says', async () => {
    for (const [path, of] of [
      ['/database', trilog.loggers[0]?.url],
      ['/polls', trilog.url],
    ])
      for (const [method, status] of [
        ['POST', 308],
        ['GET', 301],
      ] as const)
        for (const query of ['', '?limit=1', '?msg=a%0d%0ab:+?']) {
          const response = await fetch(`${of}${path}${query}`, { method, redirect: 'manual' });
          assert.deepEqual([response.status, response.headers.get('location')], [status, `${path}/${query}`]);
        }
  });
});
