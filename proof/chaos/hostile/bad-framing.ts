import type { Random } from '../../random.ts';
import type { Mutation } from './bad-request.ts';
import { BAD_INPUT_MARK, type Draft, encodeHead, finish, randomBytes, setHeader } from './request-draft.ts';

const WHOLE = Buffer.from(`{"msg":"${BAD_INPUT_MARK}framing"}`);
const CHUNK = `${WHOLE.length.toString(16)}\r\n${WHOLE}\r\n`;

/** Requests whose length is told wrongly, that end early, or that are several in one. */
export const BAD_FRAMING: readonly Mutation[] = [
  json('bad Content-Length', (draft, random) => {
    const length = String(WHOLE.length);
    const bad = random.pick([
      ...[
        '-1',
        '+5',
        '0x10',
        '1e3',
        ' ',
        'x',
        '5, 5',
        '5 5',
        '99999999999999999999999',
        `${length}\r\nContent-Length: 5`,
      ],
      ...[`${length}\r\nTransfer-Encoding: chunked`, `${length}\r\nContent-Length: ${length}`, '\u00b2'],
    ]);
    setHeader(draft, 'Content-Length', bad);
    return { answers: 0, ending: 'half-close' };
  }),
  json('Content-Length too long', (draft, random) => {
    const longer = random.pick([WHOLE.length + 1, 1_000_000_000_000, 400_000]);
    setHeader(draft, 'Content-Length', String(longer));
    return { answers: 0, ending: random.pick(['half-close', 'reset']) };
  }),
  json('Content-Length too short', (draft, random) => {
    setHeader(draft, 'Content-Length', String(random.integer(0, WHOLE.length - 1)));
    return { answers: 1 };
  }),
  chunked('chunks', (random) =>
    random.pick([`${CHUNK}0\r\n\r\n`, `${CHUNK.replace('\r\n', ';a="b"\r\n')}0\r\nX: y\r\n\r\n`, oneByOne(WHOLE)]),
  ),
  chunked(
    'bad chunks',
    (random) =>
      random.pick([
        ...[
          'x\r\n',
          '-1\r\n',
          '\r\n',
          ' 5\r\nabcde\r\n',
          '0x5\r\nabcde\r\n',
          'ffffffffffffffffff\r\n',
          '5\nabcde\n0\n\n',
        ],
        ...[`${CHUNK}0\r\n`, CHUNK, CHUNK.slice(0, -3), `${CHUNK}zz`, `5;${'x'.repeat(20_000)}\r\n`, '7fffffff\r\na'],
        `${CHUNK}0\r\n${'X: y\r\n'.repeat(5_000)}\r\n`,
      ]),
    { answers: 0, ending: 'half-close' },
  ),
  json('Transfer-Encoding', (draft, random) => {
    setHeader(
      draft,
      'Transfer-Encoding',
      random.pick(['gzip', 'identity', 'chunked, chunked', 'xchunked', '', 'chunked, x']),
    );
    return { answers: 0, ending: 'half-close' };
  }),
  whole('cut off', (draft, random) => {
    const { bytes } = finish(draft, '');
    const end = random.integer(0, bytes.length - 1);
    return { bytes: bytes.subarray(0, end), answers: 0, ending: random.pick(['half-close', 'reset']) };
  }),
  // These wait for the server's own time limits.
  whole('never finished', (draft, random) => {
    const { bytes } = finish(draft, '');
    return { bytes: bytes.subarray(0, random.integer(0, bytes.length - 1)), answers: 0 };
  }),
  whole('broken off when sent', () => ({ answers: 0, ending: 'reset' })),
  whole('pipelined', (draft, random) => {
    setHeader(draft, 'Connection', 'keep-alive');
    const ping = encodeHead({ ...draft, method: 'GET', target: '/health/live', body: undefined });
    const count = random.integer(2, 30);
    const bytes = Buffer.concat([...Array.from({ length: count }, () => ping), finish(draft, '').bytes]);
    return { bytes, answers: count + 1 };
  }),
  whole('pipelined before garbage', (draft, random) => {
    setHeader(draft, 'Connection', 'keep-alive');
    const bytes = Buffer.concat([finish(draft, '').bytes, Buffer.from('\r\n\u0000'), randomBytes(random, 50)]);
    return { bytes, answers: 0, ending: 'half-close' };
  }),
  wire('random bytes', (random) => randomBytes(random, random.integer(1, 2_000))),
  wire('no HTTP', (random) =>
    Buffer.from(
      random.pick([
        ...[
          '',
          '\r\n\r\n',
          '\u0000'.repeat(100),
          'GET',
          'GET /\r\n',
          'SSH-2.0-x\r\n',
          'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
        ],
        ...['\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003', 'EHLO x\r\nQUIT\r\n', '{"msg":"x"}'],
        ...[
          'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
          '*1\r\n$4\r\nPING\r\n',
          'PROXY TCP4 1.1.1.1 1.1.1.1 1 1\r\n',
        ],
      ]),
      'latin1',
    ),
  ),
  whole('bytes changed', (draft, random) => {
    // In the head only, so that a body keeps its mark; and no body that is plain text by a changed type.
    const head = Buffer.from(
      encodeHead({ ...draft, headers: draft.headers.filter(([name]) => name !== 'Content-Type') }),
    );
    for (let n = random.integer(1, 3); n > 0; n--) head[random.integer(0, head.length - 1)] = random.integer(0, 255);
    return { bytes: Buffer.concat([head, draft.body ?? Buffer.alloc(0)]), answers: 0, ending: 'half-close' };
  }),
  whole('line ends', (draft, random) => {
    const [before, after] = random.pick([
      ['\r\n', '\n'],
      ['\r\n', '\r'],
      ['\r\n', '\n\r'],
      ['\r\n', '\r\r\n'],
      [': ', ':'],
      [': ', ' : '],
      [': ', ':\t\t'],
      [' HTTP', '  HTTP'],
    ] as const);
    const head = encodeHead(draft).toString('latin1').replaceAll(before, after);
    return {
      bytes: Buffer.concat([Buffer.from(head, 'latin1'), draft.body ?? Buffer.alloc(0)]),
      answers: 0,
      ending: 'half-close',
    };
  }),
];

function oneByOne(body: Buffer): string {
  return `${[...body.toString('latin1')].map((byte) => `1\r\n${byte}\r\n`).join('')}0\r\n\r\n`;
}

function whole(kind: string, apply: Mutation['apply']): Mutation {
  return { kind: `framing: ${kind}`, apply };
}

function json(kind: string, apply: Mutation['apply']): Mutation {
  return {
    kind: `framing: ${kind}`,
    needsBody: true,
    apply(draft, random) {
      prepare(draft, WHOLE);
      return apply(draft, random);
    },
  };
}

function chunked(kind: string, make: (random: Random) => string, how: ReturnType<Mutation['apply']> = {}): Mutation {
  return json(kind, (draft, random) => {
    setHeader(draft, 'Transfer-Encoding', 'chunked');
    prepare(draft, Buffer.from(make(random)));
    return how;
  });
}

function wire(kind: string, make: (random: Random) => Buffer): Mutation {
  return whole(kind, (_draft, random) => ({ bytes: make(random), answers: 0, ending: 'half-close' }));
}

function prepare(draft: Draft, body: Buffer): void {
  setHeader(draft, 'Content-Type', 'application/json');
  draft.body = body;
}
