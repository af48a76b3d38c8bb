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
import { NAME, PROXIES } from '../proxies.ts';

const folder = mkdtempSync(join(tmpdir(), 'trilog-proxies-'));
const certificate = join(folder, 'certificate.pem');

const MESSAGES = 2_000;
const message = (n: number) => ({
  UUID: `0198c0de-0000-7000-8000-${String(n).padStart(12, '0')}`,
  msg: `${n} ${'x'.repeat(1_000)}`,
});

/** A store of many messages, of which reads get the half while it is cut. */
function createCutStore() {
  const state = { isCut: false };
  async function* read({ after = '', limit = MESSAGES }: { readonly after?: string; readonly limit?: number }) {
    const all = Array.from({ length: MESSAGES }, (_, n) => message(n)).filter(({ UUID }) => UUID > after);
    const asked = all.slice(0, limit);
    for (let n = 0; n < asked.length; n += 100) {
      if (state.isCut && (asked[n]?.UUID ?? '') > message(MESSAGES / 2).UUID) {
        await pause(300); // for what was read to be on its way
        throw new Error('cut');
      }
      yield asked.slice(n, n + 100);
    }
  }
  return { state, store: { ...createMemoryStore(), read } };
}

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
    describe(name, { skip: isThere(program) ? false : `${program} is not installed` }, () => {
      const { state, store } = createCutStore();
      let port = 0;
      let trilog: InProcess;
      let proxy: ReturnType<typeof spawn>;
      let said = '';

      /** Calls the proxy by its name, as a browser does; gives curl's exit code and all it wrote. */
      const curl = (path: string, ...options: string[]) =>
        new Promise<{ code: unknown; out: string }>((resolve) => {
          const common = ['-s', '-k', '--resolve', `${NAME}:${port}:127.0.0.1`, '-m', '10'];
          const url = `https://${NAME}:${port}${path}`;
          execFile('curl', [...common, ...options, url], { maxBuffer: 100_000_000 }, (error, out) =>
            resolve({ code: error?.code ?? 0, out }),
          );
        });

      before(async () => {
        port = await freePort();
        const logger = await openLogger(store);
        trilog = await openInProcess({
          loggers: [logger],
          requestTimeoutMs: 4_000,
          publicOrigins: [`https://${NAME}:${port}`],
        });
        const file = join(folder, `${port}.conf`);
        writeFileSync(file, configure({ port, facade: new URL(trilog.url).host, folder, certificate }));
        proxy = spawn(program, args(file), { stdio: ['ignore', 'pipe', 'pipe'] });
        for (const stream of [proxy.stdout, proxy.stderr]) stream?.on('data', (data) => (said += data));
        for (let tries = 100; (await curl('/health/live')).code !== 0; tries--) {
          assert.ok(tries > 0 && proxy.exitCode === null, `${program} does not start: ${said}`);
          await pause(100);
        }
      });
      after(async () => {
        proxy.kill('SIGTERM');
        if (proxy.exitCode === null) await once(proxy, 'exit');
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
    });
  }
});
