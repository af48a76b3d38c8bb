import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createTcpServer } from 'node:net';
import { test } from 'node:test';
import { freePort } from '../../../test/free-port.ts';
import { openOtlpReceiver } from '../../../test/otlp-receiver.ts';

const MAIN = new URL('../../messages/main.js', import.meta.url).pathname;
const SPANS = new URL('opentelemetry.js', import.meta.url).pathname;

/** Runs the messages service, asks it for its text, and ends it. */
async function runService(endpoint: string, headers: Record<string, string> = {}) {
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), LOG_FORMAT: 'json', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
  const service = spawn(process.execPath, ['--import', SPANS, MAIN, 'messages'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  service.stdout.setEncoding('utf8').on('data', (data: string) => {
    output += data;
  });
  service.stderr.resume();
  const closed = once(service, 'close');
  while (!output.includes('listens on') && service.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const answer = await fetch(`http://127.0.0.1:${port}/messages/`, { headers });
  const began = performance.now();
  service.kill('SIGTERM');
  const [code] = await closed;
  return { status: answer.status, code, output, endedInMs: performance.now() - began };
}

test('spans of requests are sent, the last ones at the end, and the log lines carry their trace', async (t) => {
  const receiver = await openOtlpReceiver();
  t.after(() => receiver.close());
  const { code, output } = await runService(receiver.url);
  assert.equal(code, 0);
  const server = receiver.spans().filter(({ kind }) => kind === 2);
  assert.deepEqual(
    server.map(({ name, service }) => [name, service]),
    [['GET /messages/', 'messages']],
  );
  assert.ok(output.includes(`"traceId":"${server[0]?.traceId}"`), output);
});

test('a request that comes with a traceparent belongs to its trace', async (t) => {
  const receiver = await openOtlpReceiver();
  t.after(() => receiver.close());
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const { output } = await runService(receiver.url, { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
  assert.deepEqual([...new Set(receiver.spans().map((span) => span.traceId))], [traceId]);
  assert.ok(output.includes(`"traceId":"${traceId}"`), output);
});

test('a collector that is away, or silent, changes no answer and does not keep a service from ending', async (t) => {
  const silent = createTcpServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const { port } = silent.address() as { readonly port: number };
  for (const endpoint of [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${port}`]) {
    const { status, code, output, endedInMs } = await runService(endpoint);
    assert.deepEqual([status, code], [200, 0], output);
    assert.ok(endedInMs < 4_000, `${endedInMs} ms`);
  }
});
