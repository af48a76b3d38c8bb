import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ROOT } from './launched.ts';

/** The name that the documents give the proxy. */
export const NAME = 'log.example';
/** How long it keeps a silent connection here: longer than the facade is silent, and shorter than the minute it has by default. */
export const SILENT_S = 20;

/** What a configuration is made for. */
interface Here {
  /** Where the proxy listens. */
  readonly port: number;
  /** The facade's host and port. */
  readonly facade: string;
  /** For what it writes. */
  readonly folder: string;
  /** A file with certificate and key. */
  readonly certificate: string;
}

/** A proxy in front: how the configuration of docs/operations.md becomes one that runs here, and its command. */
export interface Proxy {
  readonly name: string;
  readonly program: string;
  /** It ends an answer that was cut as if it were whole. */
  readonly hidesCuts?: boolean;
  configure(here: Here): string;
  readonly args: (file: string) => readonly string[];
}

/** The block of the documents in a language, with this test's facade and certificate. */
function documented(language: string, { facade, certificate }: Here): string {
  const operations = readFileSync(`${ROOT}docs/operations.md`, 'utf8');
  const [, block = ''] = new RegExp(`\`\`\`${language}\n([^\`]+)\`\`\``).exec(operations) ?? [];
  assert.ok(block.includes('127.0.0.1:8000'), `docs/operations.md has a block for ${language}`);
  return block.replace('127.0.0.1:8000', facade).replace(/\/etc\/ssl\/log\.example\.\w+/g, certificate);
}

function configureNginx(here: Here): string {
  const { port, folder } = here;
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const temporary = kinds.map((what) => `${what}_temp_path ${folder}/${port};`).join(' ');
  const server = documented('nginx', here).replace('listen 443', `listen 127.0.0.1:${port}`);
  const silent = `proxy_read_timeout ${SILENT_S}s;`;
  return `daemon off; pid ${folder}/${port}.pid; user root;\nevents {}\nhttp { access_log off; ${temporary} ${silent}\n${server}}`;
}

function configureHaproxy(here: Here): string {
  return documented('haproxy', here)
    .replace('bind :443', `bind 127.0.0.1:${here.port}`)
    .replace(/(timeout (client|server)) 1m/g, `$1 ${SILENT_S}s`);
}

function configureCaddy(here: Here): string {
  const { port, folder, certificate } = here;
  const site = `https://${NAME}:${port} {\n tls ${certificate} ${certificate}`;
  const options = `{\n admin off\n auto_https off\n storage file_system ${folder}\n}`;
  return `${options}\n${documented('caddyfile', here).replace(`${NAME} {`, site)}`;
}

/** The proxies, as docs/operations.md configures them, and as people have them by default. */
export const PROXIES: readonly Proxy[] = [
  { name: 'nginx', program: 'nginx', configure: configureNginx, args: (file) => ['-e', 'stderr', '-c', file] },
  {
    name: 'nginx that talks HTTP/1.0 and keeps the Host to itself, as by default',
    program: 'nginx',
    configure: (here) => configureNginx(here).replace(/^.*(proxy_http_version|proxy_set_header).*$/gm, ''),
    args: (file) => ['-e', 'stderr', '-c', file],
  },
  {
    name: 'HAProxy',
    program: 'haproxy',
    configure: configureHaproxy,
    args: (file) => ['-db', '-f', file],
  },
  {
    name: 'HAProxy with its own health check, as by default',
    program: 'haproxy',
    configure: (here) => configureHaproxy(here).replace(/option httpchk .*/, 'option httpchk'),
    args: (file) => ['-db', '-f', file],
  },
  {
    name: 'Caddy',
    program: 'caddy',
    hidesCuts: true, // 2.6, of Debian 12
    configure: configureCaddy,
    args: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
  },
];
