import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type InProcess, openInProcess } from '../../test/in-process.ts';

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

  test('come as one page with the largest limit', async () => {
    const { status, text } = await read('/?limit=10000', 'application/json');
    assert.deepEqual([status, JSON.parse(text).messages.length, JSON.parse(text).next], [200, texts.length, null]);
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
