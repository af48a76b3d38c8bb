import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { bodyOf, createCaller } from '../../test/caller.ts';
import { type InProcess, openInProcess } from '../../test/in-process.ts';
import { requestLines, sendRaw } from '../../test/raw-request.ts';

let trilog: InProcess;
before(async () => {
  trilog = await openInProcess();
});
after(() => trilog.close());

const { send } = createCaller(() => trilog.url);
const FORM = 'application/x-www-form-urlencoded';
const sendWith = (key: string, msg = key, field = 'Idempotency-Key') =>
  send(`msg=${encodeURIComponent(msg)}`, FORM, { [field]: key });
const UUID = '0198c0de-0000-7000-8000-0000000000aa';

describe('a message that is sent again with its key', () => {
  for (const [first, second] of [
    [UUID, `"${UUID.toUpperCase()}"`],
    ['order 17', '"order 17"'],
    ['"say \\"hi\\""', 'say "hi"'],
    ['x', 'x'],
    ['k'.repeat(255), 'k'.repeat(255)],
    ['""', '""'],
    ['2022-02-31', '2022-02-31'],
  ] as const) {
    test(`is stored once: ${first.slice(0, 40)}, then ${second.slice(0, 40)}`, async () => {
      const stored = await sendWith(first, 'once');
      const again = await sendWith(second, 'once');
      assert.deepEqual([stored.status, again.status], [201, 200]);
      assert.equal((await bodyOf(stored)).UUID, (await bodyOf(again)).UUID);
      assert.equal((await sendWith(second, 'another text')).status, 409);
    });
  }

  test('has the UUID of the key, which never changes', async () => {
    assert.equal((await bodyOf(await sendWith('a key'))).UUID, 'c6a914e8-0f06-83c9-ab2e-52a2f110aff1');
    assert.equal((await bodyOf(await sendWith('another'))).UUID.charAt(14), '8');
  });

  test('may have it under the name that some providers use', async () => {
    const { UUID } = await bodyOf(await sendWith('shared', 'same', 'X-Idempotency-Key'));
    assert.equal((await bodyOf(await sendWith('shared', 'same'))).UUID, UUID);
  });

  test('may name its UUID in the body as well, if that is the one of the key', async () => {
    const { UUID } = await bodyOf(await sendWith('in both', 'both'));
    const body = JSON.stringify({ UUID, msg: 'both' });
    assert.equal((await send(body, 'application/json', { 'Idempotency-Key': 'in both' })).status, 200);
    assert.equal((await send(body, 'application/json', { 'Idempotency-Key': 'another one' })).status, 400);
  });
});

describe('a bad key', () => {
  for (const key of ['', 'k'.repeat(256), 'schlüssel', 'tab\there'])
    test(`is told: ${JSON.stringify(key.slice(0, 20))}`, async () => {
      const response = await sendWith(key, 'a');
      assert.equal(response.status, 400);
      assert.match((await bodyOf(response)).detail, /Idempotency-Key must be 1 to 255 printable/);
    });

  test('is one that stands twice', async () => {
    const fields = ['Host: localhost', `Content-Type: ${FORM}`, 'Content-Length: 5', 'Idempotency-Key: a'];
    for (const second of ['Idempotency-Key: a', 'X-Idempotency-Key: a']) {
      const { text } = await sendRaw(trilog.url, `${requestLines('1.1', '/', [...fields, second], 'POST')}msg=a`);
      assert.match(text, /^HTTP\/1.1 400 [\s\S]*stands twice/);
    }
  });
});
