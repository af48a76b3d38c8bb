import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ROOT } from '../launched.ts';
import { missingIn, parseExpression, parseScrape } from '../promql.ts';
import type { ScriptSystem } from '../script-system.ts';
import { until } from '../until.ts';

/** Tests what operators look at: metrics, as the dashboard and the alerts name them, and log lines, which follow a message. */
export function testOperators(trilog: ScriptSystem): void {
  const post = (msg: string) => fetch(trilog.url, { method: 'POST', body: new URLSearchParams({ msg }) });
  const serviceUrls = () => [trilog.url, ...[1, 2, 3].map(trilog.loggerUrl), trilog.messagesUrl];

  /** The log lines that were printed so far, with the service that each stands for. */
  const logLines = () =>
    [...trilog.output().matchAll(/^\[(\S+) *\] (\{.*\})$/gm)].map(([, service = '', line = '']) => ({
      service,
      line: JSON.parse(line) as Readonly<Record<string, unknown>>,
    }));

  test('every metric and label that the dashboard and the alerts name is in a scrape', async () => {
    await post('counted');
    await fetch(trilog.url);
    const scrapes = await Promise.all(serviceUrls().map(async (url) => (await fetch(`${url}/metrics`)).text()));
    const samples = [...scrapes.flatMap(parseScrape), { metric: 'up', labels: { job: 'trilog' } }];
    const alerts = readFileSync(`${ROOT}deploy/alerts.yaml`, 'utf8');
    const dashboard = JSON.parse(readFileSync(`${ROOT}deploy/grafana-dashboard.json`, 'utf8')) as {
      readonly panels: readonly {
        readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
      }[];
    };
    const targets = dashboard.panels.flatMap((panel) => panel.targets);
    const expressions = [...alerts.matchAll(/^ +expr: (.+)$/gm)].map(([, expression = '']) => expression);
    assert.equal(expressions.length, alerts.match(/alert:/g)?.length);
    assert.ok(targets.length >= 20 && expressions.length >= 10);
    for (const expression of [...expressions, ...targets.map(({ expr }) => expr)]) {
      assert.deepEqual(missingIn(samples, parseExpression(expression)), [], expression);
    }
    for (const { expr, legendFormat } of targets) {
      const { metrics } = parseExpression(expr);
      const labels = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => ({ name, metrics }));
      assert.deepEqual(missingIn(samples, { metrics, labels }), [], legendFormat);
    }
  });

  test('every log line about a message or a request has its trace id, on every service', async () => {
    const sent = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const response = await post(`traced ${n}`);
        const traceId = response.headers.get('x-request-id')?.replaceAll('-', '');
        return { traceId, ...((await response.json()) as { readonly UUID: string; readonly logger: string }) };
      }),
    );
    const read = await fetch(trilog.url);
    await read.text();
    const readTrace = read.headers.get('x-request-id')?.replaceAll('-', '');
    const linesAbout = (UUID: string) => logLines().filter(({ line }) => String(line.msg).includes(UUID));
    const missingOf = ({ UUID, logger }: { readonly UUID: string; readonly logger: string }) => {
      const kinds = linesAbout(UUID).map(({ service, line }) => `${service} ${String(line.msg).split(' ')[0]}`);
      return ['facade sending', 'facade successfully', `${logger} received`].filter((kind) => !kinds.includes(kind));
    };
    await until('the lines are out', 5_000, async () =>
      logLines().some(({ service, line }) => service === 'messages' && line.traceId === readTrace),
    );
    // Each service writes its lines when it likes.
    for (const message of sent)
      await until(`${message.UUID} has its lines`, 5_000, async () => missingOf(message).length === 0);
    for (const { traceId, UUID } of sent) {
      const about = linesAbout(UUID);
      for (const { line } of about) assert.equal(line.traceId, traceId);
      // The lines about the batch that it went with have it as well.
      const tried = logLines().filter(
        ({ line }) =>
          /^trying http/.test(String(line.msg)) &&
          (line.traceId === traceId || [line.traceIds].flat().includes(traceId)),
      );
      assert.equal(tried.length, 1);
    }
  });

  test('the trace id of a message is found as docs/operations.md says', async () => {
    const commands = /```sh\n(id=[\s\S]*?)```/.exec(readFileSync(`${ROOT}docs/operations.md`, 'utf8'))?.[1] ?? '';
    const here = commands.replaceAll('http://127.0.0.1:8000', trilog.url);
    const { stdout } = await promisify(execFile)('bash', ['-euc', here]);
    const traceId = stdout.trim();
    assert.match(traceId, /^[0-9a-f]{32}$/);
    const services = await until('the lines are out', 5_000, async () => {
      const of = new Set(logLines().flatMap(({ service, line }) => (line.traceId === traceId ? [service] : [])));
      return of.size > 1 && [...of];
    });
    assert.equal(services.length, 2);
    assert.ok(services.includes('facade'));
  });
}
