import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeLines } from './message-stream.ts';

const UUID = '01890a5d-ac96-774b-bcce-b302099a8057';

test('each character that there is, alone and among others, is encoded as JSON encodes it, controls by their number', () => {
  const units = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit));
  const texts = ['', '👋', '👋 \ud83d', ...units.flatMap((unit) => [unit, `a${unit}b`])];
  const messages = texts.map((msg) => ({ UUID, msg }));
  const byNumber = (control: string) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const toLine = (message: object) => `${JSON.stringify(message).replace(/[\u007f-\u009f]/g, byNumber)}\n`;
  const expected = messages.map(toLine).join('');
  assert.deepEqual(
    expected.split('\n', 300).map((line) => JSON.parse(line).msg),
    texts.slice(0, 300),
  );
  assert.ok(encodeLines(messages).equals(Buffer.from(expected)));
});

test('the members of a message stand in their order, whatever object comes, and no others', () => {
  const message = { sent: 1, msg: 'a', UUID };
  assert.equal(encodeLines([message]).toString(), `{"UUID":"${UUID}","msg":"a"}\n`);
  assert.equal(encodeLines([]).length, 0);
});
