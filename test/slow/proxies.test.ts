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
import { ROOT } from '../launched.ts';

const NAME = 'log.example';
const folder = mkdtempSync(join(tmpdir(), 'trilog-proxies-'));
const certificate = join(folder, 'certificate.pem');
const operations = readFileSync(`${ROOT}docs/operations.md`, 'utf8');

/** A proxy in front: how the configuration of docs/operations.md becomes one that runs here, and its command. */
interface Proxy {
  readonly name: string;
  readonly program: string;
  /** It ends an answer that was cut as if it were whole. */
  readonly hidesCuts?: boolean;
  configure(port: number, facade: string): string;
  readonly args: (file: string) => readonly string[];
}

/** The block of the documents in a language, with this test's facade and certificate. */
function documented(language: string, facade: string): string {
  const [, block = ''] = new RegExp(`\`\`\`${language}\n([^\`]+)\`\`\``).exec(operations) ?? [];
  assert.ok(block.includes('127.0.0.1:8000'), `docs/operations.md has a block for ${language}`);
  return block.replace('127.0.0.1:8000', facade).replace(/\/etc\/ssl\/log\.example\.\w+/g, certificate);
}

const temporary = (port: number) =>
  ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((what) => `${what}_temp_path ${folder}/${port};`).join(' ');
const nginx = (port: number, facade: string) => `daemon off; pid ${folder}/${port}.pid; user root;
events {}
http { access_log off; ${temporary(port)}
${documented('nginx', facade).replace('listen 443', `listen 127.0.0.1:${port}`)}}`;

const PROXIES: readonly Proxy[] = [
  { name: 'nginx', program: 'nginx', configure: nginx, args: (file) => ['-e', 'stderr', '-c', file] },
  {
    name: 'nginx that talks HTTP/1.0 and keeps the Host to itself, as by default',
    program: 'nginx',
    configure: (port, facade) => nginx(port, facade).replace(/^.*(proxy_http_version|proxy_set_header).*$/gm, ''),
    args: (file) => ['-e', 'stderr', '-c', file],
  },
  {
    name: 'HAProxy',
    program: 'haproxy',
    configure: (port, facade) => documented('haproxy', facade).replace('bind :443', `bind 127.0.0.1:${port}`),
    args: (file) => ['-db', '-f', file],
  },
  {
    name: 'HAProxy with its own health check, as by default',
    program: 'haproxy',
    configure: (port, facade) =>
      documented('haproxy', facade)
        .replace('bind :443', `bind 127.0.0.1:${port}`)
        .replace(/option httpchk .*/, 'option httpchk'),
    args: (file) => ['-db', '-f', file],
  },
  {
    name: 'Caddy',
    program: 'caddy',
    hidesCuts: true, // 2.6, of Debian 12
    configure: (port, facade) =>
      `{\n admin off\n auto_https off\n storage file_system ${folder}\n}\n${documented('caddyfile', facade).replace(
        `${NAME} {`,
        `https://${NAME}:${port} {\n tls ${certificate} ${certificate}`,
      )}`,
    args: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
  },
];

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
        writeFileSync(file, configure(port, new URL(trilog.url).host));
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
