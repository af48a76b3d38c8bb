import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { openBadLogger } from '../../../test/bad-logger.ts';
import { createMemoryStore } from '../../../test/doubles/memory-store.ts';
import { openInProcess, openLogger } from '../../../test/in-process.ts';

/** Opens a facade with a bad logger (the second) and two good ones, and gathers its log lines. */
async function openWithBad(t: TestContext) {
  const store = createMemoryStore();
  const bad = await openBadLogger((response) => response.writeHead(500).end('{"detail":"no\\n\\u001b[31m"}'));
  const lines: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line) => lines.push(JSON.parse(line)) });
  const trilog = await openInProcess({ loggers: [await openLogger(store), bad, await openLogger(store)], log });
  t.after(() => trilog.close());
  return { url: trilog.url, lines };
}

/** Gives the value of a metric with these labels, in any order. */
async function metricOf(url: string, name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
  const lines = (await (await fetch(`${url}/metrics`)).text())
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`));
  const line = lines.find((each) => Object.entries(labels).every(([key, value]) => each.includes(`${key}="${value}"`)));
  return Number(line?.split(' ').at(-1));
}

const post = (url: string) => fetch(url, { method: 'POST', body: new URLSearchParams({ msg: 'x' }) });

test('failovers are counted for the logger that failed, and each message once by its outcome', async (t) => {
  const { url } = await openWithBad(t);
  const failovers = (logger: string, operation: string) =>
    metricOf(url, 'trilog_failovers_total', { logger: `logger-${logger}`, operation });
  assert.deepEqual([await failovers('2', 'store'), await failovers('2', 'read')], [0, 0]);
  // Which logger is tried first is drawn by lot; one that failed is tried last for a while.
  for (let n = 0; n < 40 && (await failovers('2', 'store')) === 0; n++) await post(url);
  const stored = await metricOf(url, 'trilog_messages_total', { outcome: 'stored' });
  assert.equal(await failovers('2', 'store'), 1);
  assert.equal(await metricOf(url, 'trilog_batch_messages_count'), stored);
  assert.equal(await metricOf(url, 'trilog_message_attempts_total', { logger: 'logger-2' }), 1);
  for (const logger of ['1', '3']) assert.equal(await failovers(logger, 'store'), 0);
  assert.deepEqual(
    [await metricOf(url, 'trilog_queued_messages'), await metricOf(url, 'trilog_batches_in_flight')],
    [0, 0],
  );
  for (const logger of ['1', '2', '3'])
    assert.equal(await metricOf(url, 'trilog_logger_ready', { logger: `logger-${logger}` }), 1);
});

test('the lines about a logger that failed have the trace ids of what was tried, and no line break of its answer', async (t) => {
  const { url, lines } = await openWithBad(t);
  const failures = () => lines.filter(({ msg }) => /^logger-2 failed for/.test(String(msg)));
  const traceIds: (string | undefined)[] = [];
  for (let n = 0; n < 40 && failures().length === 0; n++) {
    traceIds.push((await post(url)).headers.get('x-request-id')?.replaceAll('-', ''));
  }
  const [failure] = failures();
  assert.ok(failure);
  assert.equal(failure.traceId, traceIds.at(-1));
  assert.match(String(failure.msg), /it answered 500: no\\n\\u001b\[31m$/);
});
