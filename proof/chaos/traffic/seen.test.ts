import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { onOneLine } from '../../../services/shared/message/printable.ts';
import type { GetEvent } from '../history/history.ts';
import { parseSeen } from './seen.ts';
import { textOf } from './texts.ts';

const SEED = 5;
const key = (n: number) => `0198c0de-0000-7000-8000-${String(n).padStart(12, '0')}`;
const shown = (numbers: readonly number[]) => numbers.map((n) => ({ UUID: key(n), msg: textOf(SEED, n) }));
type Messages = readonly { readonly UUID: string; readonly msg: string }[];

const BODIES: Readonly<Record<GetEvent['format'], (messages: Messages) => string>> = {
  text: (messages) => `${messages.map(({ msg }) => onOneLine(msg)).join(' ')}\nHello from messages server!\n`,
  json: (messages) => JSON.stringify({ messages, messagesService: null }),
  ndjson: (messages) => messages.map((message) => `${JSON.stringify(message)}\n`).join(''),
};
const FORMATS = Object.keys(BODIES) as GetEvent['format'][];

for (const format of FORMATS) {
  const parse = (messages: Messages, firstN = 0) =>
    parseSeen(format, BODIES[format](messages), { seed: SEED, firstN, withUuids: false });

  describe(`a read as ${format}`, () => {
    test('gives the numbers as ranges', () => {
      const numbers = [0, 1, 2, 4, 50, 51, 100, 150, 200];
      const { ranges, ...rest } = parse(shown(numbers));
      assert.deepEqual(ranges, [
        [0, 2],
        [4, 4],
        [50, 51],
        [100, 100],
        [150, 150],
        [200, 200],
      ]);
      assert.deepEqual(rest, { repeated: [], invented: [], outOfOrder: [] });
    });

    test('gives nothing of no messages', () => {
      assert.deepEqual(parse([]), { ranges: [], repeated: [], invented: [], outOfOrder: [] });
    });

    test('names once what came more than once', () => {
      assert.deepEqual(parse(shown([1, 2, 2, 2, 3])).repeated, [2]);
    });

    test('gives what no writer sent, cut, and not all of it', () => {
      const foreign = Array.from({ length: 30 }, (_, n) => ({ UUID: key(n), msg: 'x'.repeat(100) }));
      const { invented, ranges } = parse([...foreign, ...shown([31])]);
      assert.deepEqual(invented, Array(20).fill('x'.repeat(80)));
      assert.deepEqual(ranges, [[31, 31]]);
      assert.deepEqual(parse([{ UUID: key(1), msg: textOf(SEED + 1, 1) }]).invented, [textOf(SEED + 1, 1)]);
    });

    test('leaves out an earlier window, even of another seed', () => {
      const earlier = [1, 2].map((n) => ({ UUID: key(n), msg: textOf(SEED + 1, n) }));
      const { ranges, invented, repeated } = parse([...earlier, ...earlier, ...shown([3, 4])], 3);
      assert.deepEqual([ranges, invented, repeated], [[[3, 4]], [], []]);
    });

    test('takes 100,000 messages', () => {
      const numbers = Array.from({ length: 100_000 }, (_, n) => n);
      assert.deepEqual(parse(shown(numbers)).ranges, [[0, 99_999]]);
    });
  });
}

test('a read names what came behind a later key, where keys are shown', () => {
  const messages = shown([1, 4, 2, 3, 5]);
  for (const format of FORMATS) {
    const { outOfOrder } = parseSeen(format, BODIES[format](messages), { seed: SEED, firstN: 0 });
    assert.deepEqual(outOfOrder, format === 'text' ? [] : [2, 3], format);
  }
});

test('one key with two texts counts as repeated', () => {
  const messages = [
    { UUID: key(1), msg: textOf(SEED, 1) },
    { UUID: key(1), msg: textOf(SEED, 2) },
  ];
  assert.deepEqual(parseSeen('ndjson', BODIES.ndjson(messages), { seed: SEED, firstN: 0 }).repeated, [2]);
});

test('UUIDs are kept when asked for', () => {
  const options = { seed: SEED, firstN: 2, withUuids: true };
  for (const format of ['json', 'ndjson'] as const) {
    assert.deepEqual(parseSeen(format, BODIES[format](shown([1, 2, 3])), options).uuids, { 2: key(2), 3: key(3) });
  }
});

test('a body that is not well-formed is refused', () => {
  const whole = { UUID: key(1), msg: textOf(SEED, 1) };
  const bodies: readonly (readonly [GetEvent['format'], string])[] = [
    ['text', ''],
    ['text', textOf(SEED, 1)],
    ['json', ''],
    ['json', '{"messages":['],
    ['json', 'null'],
    ['json', '{"messagesService":null}'],
    ['json', '{"messages":[]}'],
    ['json', '{"messages":[{"UUID":"a"}],"messagesService":null}'],
    ['ndjson', JSON.stringify(whole)],
    ['ndjson', `${JSON.stringify(whole)}\n${JSON.stringify(whole).slice(0, 20)}\n`],
    ['ndjson', '\n'],
    ['ndjson', 'null\n'],
  ];
  for (const [format, body] of bodies) {
    assert.throws(() => parseSeen(format, body, { seed: SEED, firstN: 0 }), Error, `${format} ${body}`);
  }
});

test('texts of a scenario of its own are passed over', () => {
  const options = { seed: 1, firstN: 1 };
  assert.deepEqual(parseSeen('text', `load:1 ${textOf(1, 1)} fill:2:xx bad-input:3\nHello\n`, options), {
    ranges: [[1, 1]],
    repeated: [],
    invented: [],
    outOfOrder: [],
  });
});
