import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type InProcess, openInProcess } from '../../../test/in-process.ts';
import { requestLines, sendRaw } from '../../../test/raw-request.ts';

let trilog: InProcess;
before(async () => {
  trilog = await openInProcess({ publicOrigins: ['https://log.example', 'http://other.example:8080'] });
});
after(() => trilog.close());

/** The status of a request to the facade, a logger or the messages service. */
async function ask(service: 'facade' | 'logger' | 'messages', request: string): Promise<number> {
  const url = { facade: trilog.url, logger: trilog.loggers[0]?.url ?? '', messages: trilog.messages.url }[service];
  const { text } = await sendRaw(url, request);
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]);
}

const HOST = 'Host: 127.0.0.1:8000';
const FORM = ['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 5'];
const send = (fields: readonly string[]) => `${requestLines('1.1', '/', [...FORM, ...fields], 'POST')}msg=a`;

describe('the Host', () => {
  for (const [host, status] of [
    ['localhost:8000', 200],
    ['trilog.localhost', 200],
    ['[::1]:80', 200],
    ['10.1.2.3:8000', 200],
    ['log.example', 200],
    ['LOG.example:8443', 200],
    ['other.example', 200],
    ['facade:8000', 200],
    ['evil.example', 421],
    ['log.example.evil.example', 421],
    ['user@127.0.0.1', 421],
    ['127.0.0.1.evil.example', 421],
    ['[::1', 421],
  ] as const) {
    test(`${host}: ${status}`, async () =>
      assert.equal(await ask('facade', requestLines('1.1', '/', [`Host: ${host}`])), status));
  }

  test('is not asked of old programs, and has to be there in HTTP/1.1', async () => {
    assert.equal(await ask('logger', requestLines('1.0', '/database/')), 200);
    assert.equal(await ask('logger', requestLines('1.1', '/database/')), 400);
  });

  test('of a public origin is the facade’s alone', async () =>
    assert.equal(await ask('logger', requestLines('1.1', '/database/', ['Host: log.example'])), 421));
});

describe('balancers and probes are answered, whatever name they call a service by, or none', () => {
  for (const service of ['facade', 'logger', 'messages'] as const) {
    for (const version of ['1.0', '1.1']) {
      for (const fields of [[], ['Host:'], ['Host: 10.0.0.5:80'], ['Host: balancer.internal']]) {
        test(`${service}, HTTP/${version}, ${fields[0] ?? 'no Host'}`, async () => {
          for (const method of ['GET', 'HEAD']) {
            for (const path of ['/health/live', '/health/ready', '/health/ready?from=balancer'])
              assert.equal(await ask(service, requestLines(version, path, fields, method)), 200, `${method} ${path}`);
          }
          for (const target of ['*', '/health/ready'])
            assert.equal(await ask(service, requestLines(version, target, fields, 'OPTIONS')), 204, target);
        });
      }
    }
  }
});

describe('another website', () => {
  const from = (site: string, mode: string, dest = '') => [
    HOST,
    `Sec-Fetch-Site: ${site}`,
    `Sec-Fetch-Mode: ${mode}`,
    ...(dest === '' ? [] : [`Sec-Fetch-Dest: ${dest}`]),
  ];

  for (const [service, path] of [
    ['facade', '/'],
    ['facade', '/ui/events'],
    ['facade', '/ui/older'],
    ['facade', '/metrics'],
    ['facade', '/health/ready'],
    ['logger', '/map/older?text=a'],
    ['logger', '/map/layout'],
    ['logger', '/database/'],
    ['messages', '/messages/'],
  ] as const) {
    test(`can load nothing of ${service} ${path} by a script, an image or a frame`, async () => {
      for (const fields of [
        from('cross-site', 'no-cors', 'image'),
        from('cross-site', 'cors', 'empty'),
        from('cross-site', 'navigate', 'iframe'),
        from('same-site', 'cors', 'empty'),
        [HOST, 'Sec-Fetch-Site: cross-site'],
        [HOST, 'Origin: https://evil.example'],
        [HOST, 'Origin: null'],
      ])
        assert.equal(await ask(service, requestLines('1.1', path, fields)), 403, fields.join(', '));
    });
  }

  test('can have a link to a page that is followed, but sends nothing', async () => {
    const navigation = from('cross-site', 'navigate', 'document');
    assert.equal(await ask('facade', requestLines('1.1', '/', [...navigation, 'Accept: text/html'])), 200);
    assert.equal(await ask('facade', requestLines('1.1', '/', from('cross-site', 'navigate'))), 200);
    assert.equal(await ask('facade', send(navigation)), 403);
  });
});

describe('a message from a page', () => {
  for (const [what, fields, status] of [
    ['of the service itself', [HOST, 'Origin: http://127.0.0.1:8000', 'Sec-Fetch-Site: same-origin'], 201],
    ['behind a proxy that passes on the Host', ['Host: log.example', 'Origin: https://log.example'], 201],
    ['behind a proxy that does not', [HOST, 'Origin: https://log.example', 'Sec-Fetch-Site: same-origin'], 201],
    ['behind a proxy with a port of its own', ['Host: other.example', 'Origin: http://other.example:8080'], 201],
    ['of the right name, but another scheme', [HOST, 'Origin: http://log.example'], 403],
    ['of the right name, but another port', [HOST, 'Origin: https://log.example:8443'], 403],
    ['of another name', [HOST, 'Origin: https://log.example.evil.example'], 403],
    ['that has none', [HOST, 'Origin: null'], 403],
  ] as const) {
    test(`${what}: ${status}`, async () => assert.equal(await ask('facade', send(fields)), status));
  }

  test('that is refused says which setting would take it', async () => {
    const { text } = await sendRaw(trilog.url, send([HOST, 'Origin: https://new.example']));
    assert.match(text, /https:\/\/new\.example by a proxy, put that into PUBLIC_ORIGINS/);
  });
});
