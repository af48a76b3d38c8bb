import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { ROOT, type SystemAt } from '../launched.ts';
import { until } from '../until.ts';

const MARK = 'forged';
const TEXTS = {
  'a line feed and a line of our own look': `a\n[12:00:00.000] INFO: ${MARK}\n{"level":30,"msg":"${MARK}"}`,
  'a carriage return': `a\r[12:00:00.000] INFO: ${MARK}`,
  'ANSI escapes': `a\u001b[2K\u001b[1G\u001b]0;${MARK}\u0007\u009b31m`,
  'characters that turn the line around': `a\u202e${MARK}\u2066\u200f\u2028\u2029\u0085`,
  'quotation marks and braces': `a","msg":"${MARK}"}{"level":60`,
  '64 KB': `${MARK} ${'\u001b[31m\n'.repeat(10_000)}`.slice(0, 65_500),
};

/** A facade and a logger that write lines of one format. */
interface Pair {
  readonly url: string;
  readonly loggerUrl: string;
  output(): string;
  stop(): Promise<void>;
}

async function openPair(trilog: SystemAt, format: string): Promise<Pair> {
  let output = '';
  const children: ChildProcess[] = [];
  async function start(service: string, settings: NodeJS.ProcessEnv): Promise<string> {
    const port = await freePort();
    const env = { ...process.env, ...settings, PORT: String(port), LOG_FORMAT: format };
    const child = spawn(process.execPath, [`dist/services/${service}/main.js`], { cwd: ROOT, env });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (data: string) => {
        output += data;
      });
    }
    children.push(child);
    const url = `http://127.0.0.1:${port}`;
    await until(`${service} is ready`, 30_000, async () => (await fetch(`${url}/health/ready`)).ok);
    return url;
  }
  const loggerUrl = await start('logger', { HAZELCAST_URL: trilog.memberAddress(1) });
  const url = await start('facade', {
    LOGGER_URLS: loggerUrl,
    MESSAGES_URL: trilog.messagesUrl,
  });
  await until('all has begun', 5_000, async () => output.includes('is ready') && output.includes('facade listens'));
  return {
    url,
    loggerUrl,
    output: () => output,
    async stop() {
      for (const child of children) {
        child.kill('SIGTERM');
        if (child.exitCode === null) await once(child, 'exit');
      }
    },
  };
}

/** A line that is as the format has it: one object with what a line has, or a time and a level before a text. */
const IS_LINE: Readonly<Record<string, (line: string) => boolean>> = {
  json(line) {
    const { level, time, pid, name, msg, traceId = '', traceIds = [], ...others } = JSON.parse(line);
    const isWhole = [level, time, pid].every(Number.isInteger) && typeof msg === 'string' && /^[a-z]+$/.test(name);
    return isWhole && /^[0-9a-f]*$/.test(traceId) && Array.isArray(traceIds) && Object.keys(others).length === 0;
  },
  pretty: (line) => /^\[\d\d:\d\d:\d\d\.\d{3}\] (INFO|WARN): [a-z]/.test(line),
};
// Whatever a terminal acts on, or what changes the direction of a text.
const ACTIVE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** Sends a request with bytes that no client of good manners would send; gives the status of its answer. */
async function sendRaw(url: string, path: string, field: string): Promise<number> {
  const { hostname, port, host } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.end(`POST ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${field}\r\n\r\n`, 'latin1');
  let answer = '';
  for await (const data of socket.setEncoding('latin1')) answer += data;
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
}

/** Tests that nothing that comes from outside forges a line, on a facade and a logger beside those of a system. */
export function testHostileLines(trilog: SystemAt): void {
  for (const [format, isLine] of Object.entries(IS_LINE)) {
    describe(`lines in ${format}`, () => {
      let pair: Pair;
      before(async () => {
        pair = await openPair(trilog, format);
      });
      after(() => pair.stop());

      for (const [what, msg] of Object.entries(TEXTS)) {
        test(`a message with ${what} forges no line, and is logged by facade and logger`, async () => {
          const from = pair.output().length;
          const answer = await fetch(pair.url, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ msg }),
          });
          assert.equal(answer.status, 201);
          const { UUID } = (await answer.json()) as { readonly UUID: string };
          // Another text for the same UUID is refused by the logger, which says so.
          const body = JSON.stringify({ UUID, msg: `${msg}!` });
          const headers = { 'Content-Type': 'application/json' };
          assert.equal((await fetch(pair.url, { method: 'POST', headers, body })).status, 409);
          await until('the lines are out', 5_000, async () => pair.output().includes(`its UUID ${UUID}`));
          await pause(200);
          const lines = pair.output().slice(from).trimEnd().split('\n');
          // Two of the first: sending, trying, received, logged; of the second: sending, trying, refused.
          assert.equal(lines.length, 7, lines.join('\n'));
          for (const line of lines) {
            assert.ok(isLine(line), line);
            assert.doesNotMatch(line, ACTIVE);
            assert.ok(line.length < 1_200, `${line.length} characters`);
          }
        });
      }

      test('neither do header fields, paths and hosts', async () => {
        const from = pair.output().length;
        for (const hostile of [`\u001b[2K${MARK}\u009b`, `\u009b2K${MARK}"}`]) {
          for (const name of ['X-Request-Id', 'traceparent', 'Idempotency-Key', 'Accept', 'Origin', 'Content-Type']) {
            for (const url of [`${pair.url}/`, `${pair.loggerUrl}/database/batch`]) {
              const status = await sendRaw(url, new URL(url).pathname, `${name}: ${hostile}`);
              assert.ok(status >= 400 && status < 500, `${name}: ${status}`);
            }
          }
        }
        assert.equal(await sendRaw(pair.url, `/%0a${MARK}%1b[31m`, 'Accept: */*'), 404);
        await pause(200);
        for (const line of pair.output().slice(from).split('\n').slice(0, -1))
          assert.ok(isLine(line) && !ACTIVE.test(line), line);
        assert.ok(!pair.output().slice(from).includes(MARK));
      });
    });
  }
}
