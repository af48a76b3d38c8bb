import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeLines } from './message-stream.ts';

const UUID = '01890a5d-ac96-774b-bcce-b302099a8057';

test('each character that there is, alone and among others, is encoded as JSON encodes it', () => {
  const units = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit));
  const texts = ['', '👋', '👋 \ud83d', ...units.flatMap((unit) => [unit, `a${unit}b`])];
  const messages = texts.map((msg) => ({ UUID, msg }));
  const expected = messages.map((message) => `${JSON.stringify(message)}\n`).join('');
  assert.ok(encodeLines(messages).equals(Buffer.from(expected)));
});

test('the members of a message stand in their order, whatever object comes, and no others', () => {
  const message = { sent: 1, msg: 'a', UUID };
  assert.equal(encodeLines([message]).toString(), `{"UUID":"${UUID}","msg":"a"}\n`);
  assert.equal(encodeLines([]).length, 0);
});
