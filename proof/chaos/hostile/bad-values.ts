import type { Random } from '../../random.ts';
import type { Mutation } from './bad-request.ts';
import { BAD_INPUT_MARK, contentType, randomBytes, randomUuid, setHeader } from './request-draft.ts';

const BYTES_OF_LARGEST_TEXT = 65_536;

/** Bodies and parameters that are well framed, but say something wrong. All of them are whole and valid HTTP. */
export const BAD_VALUES: readonly Mutation[] = [
  json(
    'wrong type',
    (random) => `{"msg":${random.pick(['1', '-0', 'true', 'null', '[]', '{}', '["a"]', '{"a":{"b":1}}'])}}`,
  ),
  json('no object', (random) =>
    random.pick(['', ' ', '1', '"bad-input:"', 'null', '[]', '[{"msg":"a"}]', 'true', 'NaN']),
  ),
  json(
    'huge number',
    (random) => `{"msg":${random.pick(['1e999999', '-', ''])}${'9'.repeat(random.integer(1, 100_000))}}`,
  ),
  json('deep', (random) => deep(random, random.integer(10, 50_000))),
  json(
    'member twice',
    (random) => `{"msg":"${BAD_INPUT_MARK}a",${random.pick(['"msg"', '"\\u006dsg"', '"UUID"'])}:"${BAD_INPUT_MARK}b"}`,
  ),
  json('unknown member', (random) => {
    const name = random.pick(['uuid', '__proto__', 'constructor', 'toString', 'Msg', '', 'msg ', '\\u0000']);
    return `{"msg":"${BAD_INPUT_MARK}a","${name}":${random.pick(['"x"', '{"x":1}', 'null', '[]'])}}`;
  }),
  json('lone surrogate', (random) => {
    const half = random.pick(['\\ud83d', '\\ude00', '\\ude00\\ud83d', '\\uD800x', '\\ud83d\\ud83d\\ude00']);
    return `{"msg":"${BAD_INPUT_MARK}${half}"}`;
  }),
  json('control characters', (random) => {
    const escaped = `\\u00${random.pick(['00', '01', '0a', '0d', '1b', '7f', '85', '9b'])}`;
    return `{"msg":"${BAD_INPUT_MARK}${random.pick([escaped, '\\n', '\\u2028', '\\u202e', '\\ufeff', '\u0000', '\n', '\t'])}"}`;
  }),
  json('bad UUID', (random) => {
    const uuid = random.pick([
      '',
      'x',
      '7',
      'g'.repeat(36),
      `{${randomUuid(random)}}`,
      `${randomUuid(random)}0`,
      '\\u0000',
    ]);
    return `{"msg":"${BAD_INPUT_MARK}a","UUID":"${uuid}"}`;
  }),
  json('odd but valid UUID', (random) => {
    const uuid = random.pick([
      '00000000-0000-0000-0000-000000000000',
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
      randomUuid(random).toUpperCase(),
    ]);
    return `{"msg":"${randomAscii(random)}","UUID":"${uuid}"}`;
  }),
  json('almost JSON', (random) =>
    random.pick([
      `{"msg":"${BAD_INPUT_MARK}a",}`,
      `{msg:"${BAD_INPUT_MARK}a"}`,
      `{'msg':'${BAD_INPUT_MARK}a'}`,
      `{"msg":"${BAD_INPUT_MARK}a"}/* */`,
      `{"msg":"${BAD_INPUT_MARK}a"}{"msg":"${BAD_INPUT_MARK}a"}`,
      `\u00a0{"msg":"${BAD_INPUT_MARK}a"}`,
      `\ufeff{"msg":"${BAD_INPUT_MARK}a"}`,
    ]),
  ),
  json('half of it', (random) => `{"msg":"${BAD_INPUT_MARK}a"}`.slice(0, random.integer(1, 20))),
  json(
    'too large',
    (random) =>
      `{"msg":"${BAD_INPUT_MARK}${random
        .pick(['x', 'ä', '\\u0001'])
        .repeat(random.pick([BYTES_OF_LARGEST_TEXT, 100_000, 500_000]))}"}`,
  ),
  json('of about the largest size', (random) => {
    const room = BYTES_OF_LARGEST_TEXT - BAD_INPUT_MARK.length;
    return `{"msg":"${BAD_INPUT_MARK}${'x'.repeat(room + random.integer(0, 1))}"}`;
  }),
  body('bytes changed', (random) => {
    const type = random.pick(['application/json', 'application/x-www-form-urlencoded', 'text/plain']);
    const before = { 'application/json': '{"msg":"', 'application/x-www-form-urlencoded': 'msg=', 'text/plain': '' }[
      type
    ];
    const bytes = Buffer.from(`${before}${BAD_INPUT_MARK}${'x'.repeat(40)}${type === 'application/json' ? '"}' : ''}`);
    // Behind the mark, or it would not be one any more; no white space.
    const first = bytes.indexOf(BAD_INPUT_MARK) + BAD_INPUT_MARK.length;
    for (let n = random.integer(1, 5); n > 0; n--) bytes[random.integer(first, bytes.length - 1)] = notSpace(random);
    return [type, bytes];
  }),
  body('bad UTF-8', (random) => {
    const bad = random.pick(['ff', 'c328', 'c080', 'eda080', 'f4908080', 'e282', 'f09f98', '80']);
    const [type, before, behind] = random.pick([
      ['application/json', '{"msg":"', '"}'],
      ['text/plain', '', ''],
      ['application/x-www-form-urlencoded', 'msg=', ''],
    ] as const);
    return [type, Buffer.concat([Buffer.from(before + BAD_INPUT_MARK), Buffer.from(bad, 'hex'), Buffer.from(behind)])];
  }),
  body('random bytes', (random) => [
    random.pick(['application/json', 'application/x-www-form-urlencoded']),
    Buffer.concat([Buffer.from([0]), randomBytes(random, random.integer(0, 300))]),
  ]),
  body('blank text', (random) => ['text/plain', Buffer.from(random.pick(['', ' ', '\n\r\t', '\u00a0\u2003\ufeff']))]),
  body('bad form', (random) => [
    'application/x-www-form-urlencoded',
    Buffer.from(
      random.pick([
        `msg=${BAD_INPUT_MARK}%`,
        `msg=${BAD_INPUT_MARK}%zz`,
        `msg=${BAD_INPUT_MARK}%ff`,
        `msg=${BAD_INPUT_MARK}%ED%A0%80`,
        `msg=${BAD_INPUT_MARK}&msg=${BAD_INPUT_MARK}`,
        `msg[]=${BAD_INPUT_MARK}`,
        'msg',
        '=',
        '&&&&',
        'text=a',
        `msg=${BAD_INPUT_MARK}&__proto__=1`,
        `msg=${BAD_INPUT_MARK}${'&a=b'.repeat(50_000)}`,
        `msg=${BAD_INPUT_MARK}%00`,
      ]),
    ),
  ]),
  {
    kind: 'bad query',
    apply(draft, random) {
      const [path] = draft.target.split('?');
      const value = random.pick([
        ...['', '0', '-1', '1.5', '1e3', '10001', '99999999999999999999', 'NaN', '%00', '%zz', '%ff', "'--", '1;2'],
        ...['+1', '0x10', randomUuid(random).slice(1), randomUuid(random).toUpperCase(), 'x'.repeat(6_000)],
      ]);
      const name = random.pick(['limit', 'after', 'limit[]', 'after[a]', '__proto__', '', 'Limit', '%6cimit']);
      draft.target = `${path}?${name}=${value}${random.pick(['', '&limit=1', '&limit=1&limit=2', '&', '&&&', '?'])}`;
      return {};
    },
  },
];

function json(kind: string, make: (random: Random) => string): Mutation {
  return body(`JSON: ${kind}`, (random) => ['application/json', Buffer.from(make(random))]);
}

function body(kind: string, make: (random: Random) => readonly [type: string, bytes: Buffer]): Mutation {
  return {
    kind,
    needsBody: true,
    apply(draft, random) {
      const [type, bytes] = make(random);
      // Another UUID than the body's would be all that is looked at.
      draft.headers = draft.headers.filter(([name]) => name !== 'Idempotency-Key');
      setHeader(draft, 'Content-Type', contentType(type));
      draft.body = bytes;
      return {};
    },
  };
}

function deep(random: Random, levels: number): string {
  const [open, close] = random.pick([
    ['[', ']'],
    ['{"a":', '}'],
    ['{"msg":', '}'],
  ] as const);
  return open.repeat(levels) + random.pick(['', '1']) + random.pick(['', close.repeat(levels)]);
}

function randomAscii(random: Random): string {
  return BAD_INPUT_MARK + random.integer(0, 1_000_000);
}

function notSpace(random: Random): number {
  const byte = random.integer(0, 255);
  return byte === 0x20 || byte === 0x26 || byte === 0x2b ? 0xff : byte;
}
