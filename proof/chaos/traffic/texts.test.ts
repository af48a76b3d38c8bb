import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onOneLine } from '../../../services/shared/message/printable.ts';
import { messageNumberOf, textOf } from './texts.ts';

const numbers = Array.from({ length: 1001 }, (_, n) => n);

test('every text leads back to its number, as it was sent and as the text format shows it', () => {
  for (const n of [...numbers, 99_999, 100_000, 4_294_967_296]) {
    assert.equal(messageNumberOf(7, textOf(7, n)), n);
    assert.equal(messageNumberOf(7, onOneLine(textOf(7, n))), n);
  }
});

test('no text has a space, all are valid Unicode, and some have what formats must escape', () => {
  const texts = numbers.map((n) => textOf(7, n));
  for (const text of texts) assert.ok(!text.includes(' ') && text.isWellFormed(), text);
  for (const part of ['"', '\\', '\n', '\u001b', '🦔', '&']) assert.ok(texts.join('').includes(part), part);
  assert.ok(texts.some((text) => text.length > 2000));
});

test('a text of another seed, cut, changed or padded is no writer’s', () => {
  for (const n of [3, 50, 100, 150, 200]) {
    const text = textOf(7, n);
    const wrong = [textOf(8, n), text.slice(0, -1), `${text}x`, text.replace('m', 'm0'), text.replace(/.$/su, '~')];
    for (const each of wrong) assert.equal(messageNumberOf(7, each), undefined, each);
  }
  for (const text of ['', 'm', 'm1', 'm1.', 'm-1.x', 'hello', `m${'9'.repeat(30)}.x`]) {
    assert.equal(messageNumberOf(7, text), undefined, text);
  }
});
