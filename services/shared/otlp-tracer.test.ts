import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createTcpServer } from 'node:net';
import { test } from 'node:test';
import { freePort } from '../../test/free-port.ts';
import { openOtlpReceiver } from '../../test/otlp-receiver.ts';

const MAIN = new URL('../messages/main.js', import.meta.url).pathname;
/** Says at the end how many modules of OpenTelemetry were loaded, but for its API, which prom-client has for itself. */
const PROBE = `data:text/javascript,${encodeURIComponent(`
  import { createRequire } from 'node:module';
  const { cache } = createRequire(${JSON.stringify(MAIN)});
  process.on('exit', () => {
    const count = Object.keys(cache).filter((path) => /@opentelemetry.(?!api.)/.test(path)).length;
    process.stderr.write('loaded ' + count);
  });`)}`;

/** Runs the messages service, asks it for its text, and ends it. */
async function runService(settings: NodeJS.ProcessEnv) {
  const port = await freePort();
  const { OTEL_EXPORTER_OTLP_ENDPOINT: _, ...others } = process.env;
  const env = { ...others, PORT: String(port), LOG_FORMAT: 'json', ...settings };
  const service = spawn(process.execPath, ['--import', PROBE, MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  service.stdout.setEncoding('utf8').on('data', (data: string) => {
    output += data;
  });
  service.stderr.setEncoding('utf8').on('data', (data: string) => {
    errors += data;
  });
  const closed = once(service, 'close');
  while (!output.includes('listens on') && service.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const answer = await fetch(`http://127.0.0.1:${port}/messages/`);
  const began = performance.now();
  service.kill('SIGTERM');
  const [code] = await closed;
  return { status: answer.status, code, output, errors, endedInMs: performance.now() - began };
}

test('nothing of OpenTelemetry is loaded unless spans are wanted', async () => {
  assert.equal((await runService({})).errors, 'loaded 0');
});

test('with an endpoint, spans are sent there, the last ones at the end', async (t) => {
  const receiver = await openOtlpReceiver();
  t.after(() => receiver.close());
  const { code, errors } = await runService({ OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/` });
  assert.equal(code, 0);
  assert.match(errors, /^loaded [1-9]\d+$/);
  const [span, ...others] = receiver.spans();
  assert.deepEqual([span?.name, span?.service, others.length], ['GET /messages/', 'messages', 0]);
});

test('a collector that is away, or silent, changes no answer and does not keep a service from ending', async (t) => {
  const silent = createTcpServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const { port } = silent.address() as { readonly port: number };
  for (const endpoint of [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${port}`]) {
    const { status, code, output, endedInMs } = await runService({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
    assert.deepEqual([status, code], [200, 0], output);
    assert.ok(endedInMs < 4_000, `${endedInMs} ms`);
  }
});
