import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createMemoryStore } from '../doubles/memory-store.ts';
import { freePort } from '../free-port.ts';
import { type InProcess, openInProcess, openLogger } from '../in-process.ts';
import { NAME, PROXIES, SILENT_S } from '../proxies.ts';
import { until } from '../until.ts';

const folder = mkdtempSync(join(tmpdir(), 'trilog-proxies-'));
const certificate = join(folder, 'certificate.pem');

const FORMATS = ['text/event-stream', 'application/x-ndjson'] as const;
const MESSAGES = 2_000;
const message = (n: number) => ({
  UUID: `0198c0de-0000-7000-8000-${String(n).padStart(12, '0')}`,
  msg: `${n} ${'x'.repeat(1_000)}`,
});

/** A store of many messages, of which reads get the half while it is cut. */
function createCutStore() {
  const state = { isCut: false };
  const memory = createMemoryStore();
  void memory.store(Array.from({ length: MESSAGES }, (_, n) => message(n)));
  async function* read(...[range, signal]: Parameters<typeof memory.read>) {
    const asked = [];
    for await (const page of memory.read(range, signal)) asked.push(...page);
    for (let n = 0; n < asked.length; n += 100) {
      if (state.isCut && (asked[n]?.UUID ?? '') > message(MESSAGES / 2).UUID) {
        await pause(300); // for what was read to be on its way
        throw new Error('cut');
      }
      yield asked.slice(n, n + 100);
    }
  }
  return { state, store: { ...memory, read } };
}

/** The messages that a follower was told, in a stream of events or of lines. */
const told = (text: string) =>
  [...text.matchAll(/^(?:data: | *)(\{"UUID".*\})$/gm)].map(([, line = '']) => JSON.parse(line));

const isThere = (program: string) => {
  try {
    execFileSync(program, [program === 'caddy' ? 'version' : '-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

before(() => {
  const files = ['-keyout', certificate, '-out', `${certificate}.crt`];
  const subject = ['-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`];
  execFileSync('openssl', ['req', '-x509', '-nodes', '-newkey', 'rsa:2048', ...files, ...subject], { stdio: 'ignore' });
  writeFileSync(certificate, readFileSync(certificate, 'utf8') + readFileSync(`${certificate}.crt`, 'utf8'));
});
after(() => rmSync(folder, { recursive: true }));

describe('behind a proxy', { concurrency: true }, () => {
  for (const { name, program, hidesCuts, configure, args } of PROXIES) {
    describe(name, { concurrency: false, skip: isThere(program) ? false : `${program} is not installed` }, () => {
      const { state, store } = createCutStore();
      let port = 0;
      let trilog: InProcess;
      let proxy: ReturnType<typeof spawn>;
      let said = '';

      /** Calls the proxy by its name, as a browser does; gives curl's exit code and all it wrote. */
      const curl = (path: string, ...options: string[]) =>
        new Promise<{ code: unknown; out: string }>((resolve) => {
          const common = ['-s', '-k', '--resolve', `${NAME}:${port}:127.0.0.1`, '-m', '30'];
          const url = `https://${NAME}:${port}${path}`;
          execFile('curl', [...common, ...options, url], { maxBuffer: 100_000_000 }, (error, out) =>
            resolve({ code: error?.code ?? 0, out }),
          );
        });

      const file = () => join(folder, `${port}.conf`);
      async function startProxy() {
        proxy = spawn(program, args(file()), { stdio: ['ignore', 'pipe', 'pipe'] });
        for (const stream of [proxy.stdout, proxy.stderr]) stream?.on('data', (data) => (said += data));
        for (let tries = 100; (await curl('/health/live')).code !== 0; tries--) {
          assert.ok(tries > 0 && proxy.exitCode === null, `${program} does not start: ${said}`);
          await pause(100);
        }
      }
      async function endProxy(signal: NodeJS.Signals) {
        proxy.kill(signal);
        if (proxy.exitCode === null && proxy.signalCode === null) await once(proxy, 'exit');
      }

      /** Follows through the proxy; what has come is in `text`. */
      function follow(accept: string, ...options: string[]) {
        const where = ['--resolve', `${NAME}:${port}:127.0.0.1`, `https://${NAME}:${port}/?follow=1`];
        const process = spawn('curl', ['-sNik', '-H', `Accept: ${accept}`, ...options, ...where]);
        const got = { text: '' };
        process.stdout.on('data', (data) => (got.text += data));
        const has = (part: string) => until(`${part} has come`, 20_000, async () => got.text.includes(part));
        return { got, has, over: once(process, 'close'), end: () => process.kill() };
      }

      before(async () => {
        port = await freePort();
        trilog = await openInProcess({
          loggers: [await openLogger(store)],
          requestTimeoutMs: 8_000,
          attemptTimeoutMs: 4_000,
          readTimeoutMs: 4_000,
          publicOrigins: [`https://${NAME}:${port}`],
        });
        writeFileSync(file(), configure({ port, facade: new URL(trilog.url).host, folder, certificate }));
        await startProxy();
      });
      after(async () => {
        await endProxy('SIGTERM');
        await trilog.close();
      });

      test('the page is there, and can send', async () => {
        const page = await curl('/', '-i', '-H', 'Accept: text/html');
        assert.match(page.out, /^HTTP\/\S+ 200[\s\S]*<title>Trilog<\/title>/);
        const status = (origin: string, path: string) =>
          curl(
            path,
            '-H',
            `Origin: ${origin}`,
            '-d',
            'msg=hello',
            '-o',
            '/dev/null',
            '-w',
            '%{http_code} %{redirect_url}',
          );
        const own = `https://${NAME}:${port}`;
        assert.equal((await status(own, '/')).out, '201 ');
        assert.equal((await status(own, '/polls/')).out, `302 ${own}/polls/thanks`);
        assert.equal((await status('https://evil.example', '/')).out, '403 ');
      });

      test('events come when they happen', async () => {
        const { code, out } = await curl('/ui/events', '-N', '-m', '3');
        assert.equal(code, 28); // it goes on until curl ends it
        assert.match(out, /^event: hello$/m);
      });

      test('a large read is whole, or an error', async () => {
        const read = () => curl('/', '-H', 'Accept: application/json');
        const whole = await read();
        assert.equal(whole.code, 0);
        assert.ok(whole.out.includes(message(MESSAGES - 1).msg), whole.out.slice(0, 300));
        state.isCut = true;
        const cut = await read();
        state.isCut = false;
        assert.ok(cut.out.includes(message(0).msg), cut.out.slice(0, 300));
        assert.throws(() => JSON.parse(cut.out), 'JSON is not closed');
        if (hidesCuts !== true) assert.ok([18, 56, 92].includes(Number(cut.code)), `curl: ${cut.code}`);
      });

      test('who follows has each message at once, also after a silence, and goes on after a cut', async () => {
        const UUIDs: string[] = [];
        const post = async (msg: string) => {
          const response = await fetch(trilog.url, { method: 'POST', body: new URLSearchParams({ msg }) });
          assert.equal(response.status, 201);
          UUIDs.push(Object(await response.json()).UUID);
        };
        const first = FORMATS.map((accept) => follow(accept));
        await Promise.all(first.map(({ has }) => has('\r\n\r\n')));
        await post('one');
        await Promise.all(first.map(({ has }) => has('"one"')));
        await pause(1_000 * SILENT_S + 5_000);
        await post('two');
        await Promise.all(first.map(({ has }) => has('"two"')));
        await endProxy(program === 'nginx' ? 'SIGTERM' : 'SIGKILL');
        await Promise.all(first.map(({ over }) => over));
        await post('three');
        await startProxy();
        for (const [n, accept] of FORMATS.entries()) {
          const before = first[n]?.got.text ?? '';
          const [id] = [...before.matchAll(/^id: (\S+)$/gm)].at(-1)?.slice(1) ?? [];
          const second = follow(accept, '-H', `Last-Event-ID: ${id ?? told(before).at(-1)?.next}`);
          await second.has('"three"');
          await post(`four ${accept}`);
          await second.has(`"four ${accept}"`);
          second.end();
          const got = [before, second.got.text].map((text) => told(text).map(({ UUID }) => UUID));
          for (const once of got) assert.equal(new Set(once).size, once.length);
          assert.ok(UUIDs.every((UUID) => got.flat().includes(UUID)));
        }
      });
    });
  }
});
