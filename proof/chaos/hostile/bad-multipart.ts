import type { Random } from '../../random.ts';
import type { Mutation } from './bad-request.ts';
import { BAD_INPUT_MARK, randomBytes, setHeader } from './request-draft.ts';

const NAMED = 'Content-Disposition: form-data; name="msg"';
const TEXT = `${BAD_INPUT_MARK}multipart`;

/** Forms of several parts, in many states of brokenness: the Content-Type and the body of each. */
const FORMS: readonly (readonly [contentType: string, body: string])[] = [
  ['multipart/form-data', part(NAMED, TEXT)],
  ['multipart/form-data; boundary=', part(NAMED, TEXT)],
  ['multipart/form-data; boundary="', part(NAMED, TEXT)],
  [`multipart/form-data; boundary=${'b'.repeat(300)}`, part(NAMED, TEXT)],
  ['multipart/form-data; boundary=other', part(NAMED, TEXT)],
  ['multipart/mixed; boundary=b', part(NAMED, TEXT)],
  ...[
    '',
    '--b--',
    '--b',
    '--b\r\n',
    '--b\r\n\r\n',
    part('', TEXT),
    part('Content-Disposition: form-data', TEXT),
    part('Content-Disposition: form-data; name=', TEXT),
    part('Content-Disposition: form-data; name="', TEXT),
    part('Content-Disposition: attachment; name="msg"', TEXT),
    part('Content-Disposition: form-data; name="__proto__"', TEXT),
    part(`Content-Disposition: form-data; name="${'n'.repeat(500)}"`, TEXT),
    part('Content-Disposition: form-data; name="msg"; filename="f"', TEXT),
    part(`Content-Disposition: form-data; name="msg"; filename*=utf-8''%ff`, TEXT),
    part(`${NAMED}\r\nContent-Type: application/octet-stream`, TEXT),
    part(`${NAMED}\r\nContent-Type: text/plain; charset=utf-16le`, TEXT),
    part(`${NAMED}\r\nContent-Type: text/plain; charset=klingon`, TEXT),
    part(`${NAMED}\r\nContent-Type: text/plain; charset=utf-8`, `${TEXT}-\u0100\u00e4`),
    part(`${NAMED}\r\nContent-Transfer-Encoding: base64`, TEXT),
    part(`${NAMED}\r\nX: ${'x'.repeat(100_000)}`, TEXT),
    part(`${NAMED}\r\nno colon`, TEXT),
    part(NAMED, TEXT).replace('--b--', ''),
    part(NAMED, TEXT).replaceAll('\r\n', '\n'),
    part(NAMED, TEXT).replace('\r\n\r\n', '\r\n'),
    part(NAMED, `${TEXT}\r\n--b`),
    part(NAMED, `${TEXT}\r\n--bad`),
    part(NAMED, ''),
    part(NAMED, `${BAD_INPUT_MARK}${'x'.repeat(70_000)}`),
    part(NAMED, TEXT) + part(NAMED, TEXT),
    part(NAMED, TEXT).replace('--b--\r\n', part(NAMED, TEXT)),
    Array.from({ length: 2_000 }, (_, n) => `--b\r\nContent-Disposition: form-data; name="${n}"\r\n\r\n\r\n`).join(''),
    `preamble\r\n${part(NAMED, TEXT)}epilogue`,
  ].map((body) => ['multipart/form-data; boundary=b', body] as const),
];

export const BAD_MULTIPART: readonly Mutation[] = [
  form('multipart', (random) => {
    const [type, body] = random.pick(FORMS);
    return [type, Buffer.from(body)];
  }),
  form('multipart with a byte changed', (random) => {
    const body = Buffer.from(part(NAMED, TEXT));
    // Not within the text, or it might be stored without its mark.
    const start = body.indexOf(TEXT);
    const at = random.pick([random.integer(0, start - 20), random.integer(start + TEXT.length, body.length - 1)]);
    body[at] = random.integer(0x80, 0xff);
    return ['multipart/form-data; boundary=b', body];
  }),
  form('multipart cut off', (random) => {
    const body = Buffer.from(part(NAMED, TEXT));
    return ['multipart/form-data; boundary=b', body.subarray(0, random.integer(0, body.length - 6))];
  }),
  form('multipart of random bytes', (random) => [
    'multipart/form-data; boundary=b',
    Buffer.concat([
      Buffer.from(`--b\r\n${NAMED}\r\n\r\n${BAD_INPUT_MARK}`),
      Buffer.from(randomBytes(random, 100).filter((byte) => byte !== 0x20)),
      Buffer.from('\r\n--b--'),
    ]),
  ]),
];

function part(head: string, text: string): string {
  return `--b\r\n${head}\r\n\r\n${text}\r\n--b--\r\n`;
}

function form(kind: string, make: (random: Random) => readonly [type: string, body: Buffer]): Mutation {
  return {
    kind,
    needsBody: true,
    apply(draft, random) {
      const [type, body] = make(random);
      setHeader(draft, 'Content-Type', type);
      draft.body = body;
      return {};
    },
  };
}
