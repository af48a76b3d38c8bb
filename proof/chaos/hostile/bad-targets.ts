import type { Mutation } from './bad-request.ts';
import { randomWord } from './request-draft.ts';

/** Methods, addresses and versions that nobody asked for. */
export const BAD_TARGETS: readonly Mutation[] = [
  {
    kind: 'method not taken',
    apply(draft, random) {
      draft.method = random.pick('DELETE PUT PATCH TRACE OPTIONS PURGE PROPFIND MKCOL M-SEARCH'.split(' '));
      return {};
    },
  },
  {
    kind: 'HEAD',
    apply(draft) {
      draft.method = 'HEAD';
      draft.body = undefined;
      return {};
    },
  },
  {
    kind: 'CONNECT',
    apply(draft, random) {
      draft.method = 'CONNECT';
      draft.target = random.pick(['127.0.0.1:80', 'evil.example:443', '/', '*']);
      draft.body = undefined;
      return { answers: draft.target.includes(':') ? 1 : 0 };
    },
  },
  {
    kind: 'unknown method',
    apply(draft, random) {
      draft.method = random.pick([
        'FOO',
        'get',
        'Get',
        'GETT',
        '',
        ' GET',
        'G\u0000T',
        '\u00ff',
        'X'.repeat(5_000),
        '<',
        'POST,GET',
      ]);
      return { answers: 0, ending: 'half-close' };
    },
  },
  {
    kind: 'odd path',
    apply(draft, random) {
      draft.target = random.pick([
        ...'// ///polls/ /./ /../ /polls/../ /..%2f..%2fetc/passwd /polls/..;/ /POLLS/ /polls/help/'.split(' '),
        ...'/% /%zz /%ff /%00 /polls/%2e%2e/ /%c0%af /polls%2Fhelp /health%2flive /polls/thank%73'.split(' '),
        ...[
          '/__proto__',
          '/constructor',
          '/:',
          '/:id',
          '/*',
          '/(.*)',
          '/?',
          '/??',
          '/polls/?&&',
          `/${'a'.repeat(8_000)}`,
        ],
        ...['/favicon.ico', '/.env', '/admin', `/${encodeURIComponent(randomWord(random, 50).toWellFormed())}`],
      ]);
      return {};
    },
  },
  {
    kind: 'absolute target',
    apply(draft, random) {
      const origin = random.pick(
        'http://127.0.0.1 http://evil.example HTTP://localhost:1 https://127.0.0.1 http://'.split(' '),
      );
      draft.target = origin + draft.target;
      return origin === 'http://' ? { answers: 0 } : {};
    },
  },
  {
    kind: 'bad target',
    apply(draft, random) {
      draft.target = random.pick([
        '',
        ' ',
        '*',
        'polls',
        '?',
        '#',
        '/#a',
        '\\',
        '/a b',
        '/\u0000',
        '/\u00ff',
        '/\t',
        'x:',
        '[',
        '/[',
        '/|^`',
      ]);
      return { answers: 0, ending: 'half-close' };
    },
  },
  {
    kind: 'target too large',
    apply(draft, random) {
      draft.target = `/${random.pick(['', '?', '?a=', '?limit='])}${random
        .pick(['x', '%20', '&a'])
        .repeat(random.integer(17_000, 40_000))}`;
      return {};
    },
  },
  {
    kind: 'HTTP/1.0',
    apply(draft, random) {
      draft.version = 'HTTP/1.0';
      if (random.next() < 0.5) draft.headers = draft.headers.filter(([name]) => name !== 'Connection');
      return {};
    },
  },
  {
    kind: 'bad version',
    apply(draft, random) {
      draft.version = random.pick([
        'HTTP/0.9',
        'HTTP/2.0',
        'HTTP/1.2',
        'HTTP/9.9',
        'HTTP/11',
        'http/1.1',
        'HTTP/1',
        '',
        'ICE/1.0',
        'RTSP/1.0',
        'HTTP/-1.1',
      ]);
      return { answers: 0, ending: 'half-close' };
    },
  },
];
