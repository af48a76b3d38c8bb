import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readDescription } from '../services/shared/process/service.ts';
import { type InProcess, openInProcess } from './in-process.ts';
import { requestLines, sendRaw } from './raw-request.ts';

const SERVICES = ['facade', 'logger', 'messages'] as const;
const BODIES = [
  ['application/json', '{"UUID":"0198c0de-0000-7000-8000-000000000001","msg":"a"}'],
  ['application/json', '{'],
  ['application/x-www-form-urlencoded', 'msg=a'],
] as const;
const FORMATS = ['*/*', 'application/json', 'text/html'] as const;

let trilog: InProcess;
before(async () => {
  trilog = await openInProcess();
  await fetch(trilog.url, { method: 'POST', body: 'one' });
});
after(() => trilog.close());

const urlOf = (service: (typeof SERVICES)[number]) =>
  ({ facade: trilog.url, logger: trilog.loggers[0]?.url ?? '', messages: trilog.messages.url })[service];

/** Every path that a service describes, and some that it does not have. */
function pathsOf(service: (typeof SERVICES)[number]): string[] {
  const { paths } = JSON.parse(readDescription(service)) as { paths: Record<string, unknown> };
  const described = Object.keys(paths).map((path) => path.replace('{UUID}', '0198c0de-0000-7000-8000-000000000001'));
  return [...described, '/docs', '/docs/start.js', '/nothing', '/?limt=1', '/health/live?x'];
}

/** The parameters that a service's addresses describe, and those that only their texts tell of. */
function parametersOf(service: (typeof SERVICES)[number]): [path: string, names: readonly string[]][] {
  const { paths, components } = Object(JSON.parse(readDescription(service)));
  return Object.entries<{ get?: { parameters?: readonly object[] } }>(paths).flatMap(([path, { get }]) => {
    const named = (get?.parameters ?? []).map(({ $ref, ...own }: { $ref?: string }) =>
      Object($ref === undefined ? own : components.parameters[$ref.split('/').at(-1) ?? '']),
    );
    const names = named.filter((one) => one.in === 'query').map(({ name }) => String(name));
    const told = service === 'facade' && path === '/' ? ['follow'] : [];
    return names.length === 0 ? [] : [[path, [...names, ...told]] as [string, readonly string[]]];
  });
}

describe('an address tells who misspells a parameter of all that it takes', () => {
  for (const service of SERVICES)
    for (const [path, names] of parametersOf(service))
      test(`${service} ${path}`, { skip: path === '/health/ready' && 'probes may add what they like' }, async () => {
        const { detail } = Object(await (await fetch(`${urlOf(service)}${path}?no-such=1`)).json());
        const [, listed = ''] = /known: (.*)\.$/.exec(detail) ?? [];
        assert.deepEqual(listed.split(', ').toSorted(), names.toSorted());
      });
});

describe('every answer ends its line, so that a shell’s prompt does not stand behind it', () => {
  for (const service of SERVICES) {
    test(service, async () => {
      let seen = 0;
      const check = async (method: string, path: string, init: RequestInit) => {
        const response = await fetch(urlOf(service) + path, { method, redirect: 'manual', ...init });
        // Events go on: the beginning has to do.
        const isLive = response.headers.get('content-type')?.startsWith('text/event-stream');
        const text = isLive
          ? Buffer.from((await response.body?.getReader().read())?.value ?? []).toString()
          : await response.text();
        if (isLive) assert.equal(response.headers.get('x-accel-buffering'), 'no', 'proxies keep nothing back');
        assert.ok(text === '' || text.endsWith('\n'), `${method} ${path}: ${response.status} ${JSON.stringify(text)}`);
        if (text !== '') seen++;
        else assert.ok([200, 204].includes(response.status), `${method} ${path}: ${response.status}, nothing`);
      };
      for (const path of pathsOf(service)) {
        await Promise.all([
          ...FORMATS.map((accept) => check('GET', path, { headers: { Accept: accept } })),
          ...BODIES.map(([type, body]) => check('POST', path, { body, headers: { 'Content-Type': type } })),
          ...['PUT', 'OPTIONS'].map((method) => check(method, path, {})),
        ]);
      }
      assert.ok(seen > 50, `${seen} answers`);
    });
  }

  test('what comes before a service is asked', async () => {
    for (const request of [
      'no HTTP\r\n\r\n',
      requestLines('1.1', '/', ['Host: evil.example']),
      requestLines('1.1', '/'),
    ]) {
      const { text } = await sendRaw(trilog.url, request);
      assert.match(text, /^HTTP\/1\.1 4\d\d [\s\S]*\}\n$/);
    }
  });
});
