import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import type { Random } from '../../random.ts';
import type { Mutation } from './bad-request.ts';
import { BAD_INPUT_MARK, randomText, randomWord, setHeader } from './request-draft.ts';

/** Bodies whose Content-Type or Content-Encoding is wrong, odd or missing. All of them are whole and valid HTTP. */
export const BAD_ENCODINGS: readonly Mutation[] = [
  text('type', (random) => ({
    'Content-Type': random.pick([
      ...['', ' ', '/', 'json', 'application', 'application/', 'application/xml', 'text/html', 'image/png', '*/*'],
      ...[
        'application/json;',
        'application/json; charset',
        'application/json;;;=',
        'APPLICATION/JSON',
        'text/plain; a="',
      ],
      ...['application/json, text/plain', 'application/problem+json', 'text/plain\tx', `text/${'p'.repeat(5_000)}`],
      ...['application/x-www-form-urlencoded; charset=utf-8', `text/plain; ${'a=b;'.repeat(1_000)}`, 'text/pl\u00e4in'],
    ]),
  })),
  // The text is plain ASCII: it begins with the mark in each charset that is taken here.
  text('charset', (random) => ({
    'Content-Type': `${random.pick(['text/plain', 'application/json'])}; charset=${random.pick([
      ...'utf-8 "utf-8" UTF8 latin1 shift_jis gb18030 iso-2022-jp utf-7 utf-32 replacement'.split(' '),
      ...['klingon', '', '""', 'utf-8; charset=latin1', '\u00e4', 'x-user-defined', '__proto__', 'a'.repeat(3_000)],
    ])}`,
  })),
  {
    kind: 'header: no type',
    needsBody: true,
    apply(draft) {
      draft.headers = draft.headers.filter(([name]) => name !== 'Content-Type');
      return {};
    },
  },
  encoded('bomb', (random) => {
    const zeros = Buffer.alloc(1_000_000);
    // A gzip stream may be made of several: this one becomes 50 MB.
    const gzip = Buffer.concat(new Array<Buffer>(50).fill(gzipSync(zeros)));
    return random.pick<readonly [string, Buffer]>([
      ['gzip', gzip],
      ['deflate', deflateSync(zeros)],
      ['br', brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
    ]);
  }),
  encoded('encoding', (random) => {
    const body = Buffer.from(randomText(random));
    const whole = random.pick([gzipSync(body), deflateSync(body), brotliCompressSync(body)]);
    const cut = whole.subarray(0, random.integer(0, whole.length - 1));
    return random.pick<readonly [string, Buffer]>([
      ['gzip', body],
      ['gzip', cut],
      ['deflate', whole],
      ['br', whole],
      ['GZIP', gzipSync(body)],
      ['gzip', gzipSync(gzipSync(body).subarray(0, -4))],
      ['gzip, gzip', gzipSync(gzipSync(body))],
      ['zip', body],
      ['identity', body],
      ['', body],
      ['zstd', body],
      [randomWord(random, 20).replaceAll(/[^!-~]/g, '.'), body],
    ]);
  }),
];

/** With a body that can be taken for plain text: then it begins with the mark. */
function text(kind: string, make: (random: Random) => Readonly<Record<string, string>>): Mutation {
  return {
    kind: `header: ${kind}`,
    needsBody: true,
    apply(draft, random) {
      for (const [name, value] of Object.entries(make(random))) setHeader(draft, name, value);
      draft.body = Buffer.from(`${BAD_INPUT_MARK}${random.integer(0, 1_000_000)}`);
      return {};
    },
  };
}

function encoded(kind: string, make: (random: Random) => readonly [encoding: string, body: Buffer]): Mutation {
  return {
    kind: `header: ${kind}`,
    needsBody: true,
    apply(draft, random) {
      const [encoding, body] = make(random);
      setHeader(draft, 'Content-Type', 'text/plain');
      setHeader(draft, 'Content-Encoding', encoding);
      draft.body = body;
      return {};
    },
  };
}
