import type { Random } from '../../random.ts';
import type { Mutation } from './bad-request.ts';
import { randomUuid, setHeader } from './request-draft.ts';

/** Header fields that are wrong, odd, missing, too many or too large. All of them are whole and valid HTTP unless said. */
export const BAD_HEADERS: readonly Mutation[] = [
  any('accept', (random) => ({
    Accept: random.pick([
      ...['', '*', '/', 'a', ';q=1', 'text/plain;q=2', 'text/plain;q=x', 'application/json;q=0', ',,,,', '*/*;q=0'],
      ...['application/x-ndjson;a="', `${'text/plain,'.repeat(1_000)}`, '\u00ff', 'image/png', 'text/html;level=1'],
    ]),
    'Accept-Encoding': random.pick(['gzip', '', '*;q=0', 'x'.repeat(3_000)]),
  })),
  any('idempotency key', (random) => ({
    'Idempotency-Key': random.pick([
      '',
      'x',
      `"${randomUuid(random)}"`,
      `${randomUuid(random)}, ${randomUuid(random)}`,
      '\u00ff',
    ]),
  })),
  any('host', (random) => ({
    Host: random.pick([
      '',
      'evil.example',
      'evil.example:80',
      '127.0.0.1.evil.example',
      ':',
      '[::1',
      'a b',
      '127.0.0.1:x',
      '\u00ff',
    ]),
  })),
  any('another website', (random) => ({
    Origin: random.pick(['null', '', 'http://evil.example', 'http://127.0.0.1', 'file://']),
    'Sec-Fetch-Site': random.pick(['cross-site', 'same-site', 'none', 'x']),
  })),
  any('request id', (random) => ({
    'X-Request-Id': random.pick(['', ' ', 'a'.repeat(65), '<script>', '\u001b[2J'.slice(1), '\u00ff', '../..']),
  })),
  any('expect', (random) => ({
    Expect: random.pick(['100-continue', '200-ok', '', '100-continue, x', 'x'.repeat(100)]),
  })),
  any('upgrade', (random) => ({ Connection: 'Upgrade', Upgrade: random.pick(['websocket', 'h2c', 'x', '']) })),
  any('connection', (random) => ({
    Connection: random.pick(['', 'close, keep-alive', 'te', 'Host', 'x'.repeat(100)]),
  })),
  any('range and conditions', (random) => ({
    Range: random.pick(['bytes=0-0', 'bytes=-1', 'bytes=9-1', 'x']),
    'If-None-Match': '*',
    'If-Modified-Since': 'x',
    'If-Match': '"x"',
  })),
  any('too large', (random) => ({
    [random.pick(['X', 'Cookie', 'Accept', 'Idempotency-Key'])]: 'x'.repeat(random.integer(17_000, 60_000)),
  })),
  {
    kind: 'header: too many',
    apply(draft, random) {
      for (let n = random.pick([100, 1_900, 2_500]); n > 0; n--) draft.headers.push(['a', '']);
      return {};
    },
  },
  {
    kind: 'header: twice',
    apply(draft, random) {
      const [name, value] = random.pick(draft.headers);
      draft.headers.push([name, random.pick([value, 'x', ''])]);
      return {};
    },
  },
  {
    kind: 'header: no host',
    apply(draft) {
      draft.headers = draft.headers.filter(([name]) => name !== 'Host');
      return {};
    },
  },
  {
    kind: 'header: injection',
    apply(draft, random) {
      const line = random.pick([
        '\r\nX: y',
        '\nX: y',
        '\rX: y',
        '\r\n\r\nGET /health/live HTTP/1.1',
        '\u0000',
        '\r\n folded',
        '\u007f',
      ]);
      setHeader(draft, random.pick(['X-Request-Id', 'Accept', 'X']), `a${line}`);
      return { answers: 0 };
    },
  },
  {
    kind: 'header: bad name',
    apply(draft, random) {
      setHeader(draft, random.pick(['', ' X', 'X ', 'X Y', 'X\u0000', '\u00ff', '(', 'X:', '\t']), 'x');
      return { answers: 0 };
    },
  },
];

function any(kind: string, make: (random: Random) => Readonly<Record<string, string>>): Mutation {
  return {
    kind: `header: ${kind}`,
    apply(draft, random) {
      for (const [name, value] of Object.entries(make(random))) setHeader(draft, name, value);
      // Whether these are valid in a field is not sure for all of them.
      return kind === 'host' ? { answers: 0 } : {};
    },
  };
}
