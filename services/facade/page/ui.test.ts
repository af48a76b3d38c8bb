import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openBadLogger } from '../../../test/bad-logger.ts';
import { createCaller } from '../../../test/caller.ts';
import { type InProcess, openInProcess } from '../../../test/in-process.ts';
import { until } from '../../../test/until.ts';
import type { LatestMessage } from './latest-messages.ts';

let trilog: InProcess;
before(async () => {
  trilog = await openInProcess();
});
after(() => trilog.close());

const { send, get } = createCaller(() => trilog.url);

interface Seen {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Watches as a page does; gives what has come so far. */
async function watch(): Promise<{ readonly seen: readonly Seen[]; stop(): void }> {
  const stopping = new AbortController();
  const { body } = await get('/ui/events', 'text/event-stream', { signal: stopping.signal });
  assert.ok(body);
  const seen: Seen[] = [];
  async function read(stream: ReadableStream<Uint8Array>): Promise<void> {
    let text = '';
    for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
      const events = (text + piece).split('\n\n');
      text = events.pop() ?? '';
      for (const one of events) {
        const [, event = '', data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(one) ?? [];
        if (event !== '') seen.push({ event, data: JSON.parse(data) });
      }
    }
  }
  read(body).catch(() => {});
  return { seen, stop: () => stopping.abort() };
}

test('a browser gets the page, under a policy that lets nothing in from elsewhere, and no script or style inline', async () => {
  for (const path of ['/', '/ui']) {
    const response = await get(path, 'text/html,*/*;q=0.8');
    const policy = response.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'.*require-trusted-types-for 'script'/);
    assert.doesNotMatch(policy, /unsafe|\*|http/);
    const html = await response.text();
    assert.doesNotMatch(html, /<style|style=|<script>|\son\w+=|https?:/);
    for (const [, file] of html.matchAll(/(?:src|href)="(\/ui\/[^"]+)"/g)) {
      assert.equal((await get(file ?? '')).status, 200, file);
    }
  }
});

test('nothing but the files of the page is there', async () => {
  // The page itself is only where it has its policy.
  for (const path of ['/ui/nothing.js', '/ui/page.html', '/ui/..%2fapp.ts', '/ui/%2e%2e/app.ts']) {
    assert.equal((await get(path)).status, 404, path);
  }
  assert.equal((await get('/ui/older?limit=1&limit=2')).status, 400);
});

test('the lab takes no order when it is off', async () => {
  assert.equal((await get('/ui/lab')).status, 405);
  const answer = await get('/ui/lab', '*/*', { method: 'POST' });
  assert.equal(answer.status, 403);
  assert.match(await answer.text(), /LAB=1/);
});

test('who watches is told of each message: its text cut, its logger, how many were tried', async () => {
  const { seen, stop } = await watch();
  await until('it watches', 5_000, async () => seen.some(({ event }) => event === 'status'));
  await send(JSON.stringify({ msg: `<b>${'x'.repeat(300)}` }), 'application/json');
  await until('it has come', 5_000, async () => seen.some(({ event }) => event === 'tail'));
  const tail = seen.find(({ event }) => event === 'tail');
  assert.ok(tail);
  const [row] = tail.data.rows as Readonly<Record<string, unknown>>[];
  assert.match(String(row?.UUID), /^[0-9a-f-]{36}$/);
  assert.equal(row?.text, `<b>${'x'.repeat(197)}`);
  assert.equal(row?.length, 303);
  assert.match(String(row?.logger), /^logger-[123]$/);
  const tried = row?.tried as readonly unknown[];
  assert.ok(tried.includes(row?.logger), 'a slow machine tries another one beside it');
  const { way } = (await (await get(`/ui/messages/${row?.UUID}`)).json()) as {
    way: { attempts: { logger: string }[] };
  };
  assert.deepEqual(
    way.attempts.map(({ logger }) => logger),
    tried,
  );
  stop();
});

test('a message that came while nobody looked has its logger in the list, and its way', async () => {
  const posted = await send('msg=before+anybody+looked', 'application/x-www-form-urlencoded');
  const { UUID, logger } = (await posted.json()) as { UUID: string; logger: string };
  const { messages } = (await (await get('/ui/older?limit=1')).json()) as { messages: readonly LatestMessage[] };
  assert.deepEqual([messages[0]?.UUID, messages[0]?.logger], [UUID, logger]);
  const { way } = (await (await get(`/ui/messages/${UUID}`)).json()) as {
    way: { tookMs: number; attempts: readonly { logger: string; afterMs: number; tookMs?: number }[] };
  };
  assert.deepEqual(
    way.attempts.map(({ logger }) => logger),
    messages[0]?.tried,
  );
  const { afterMs = 0, tookMs = 0 } = way.attempts.find((attempt) => attempt.logger === logger) ?? {};
  assert.ok(tookMs > 0 && afterMs >= 0 && afterMs + tookMs <= way.tookMs, JSON.stringify(way));
});

test('the counters agree, and tell apart what came another way', async () => {
  const { seen, stop } = await watch();
  const direct = JSON.stringify({ UUID: '0198c0de-0000-7000-8000-000000000001', msg: 'direct' });
  await fetch(`${trilog.loggers[0]?.url}/database/`, {
    method: 'POST',
    body: direct,
    headers: { 'Content-Type': 'application/json' },
  });
  for (let n = 0; n < 20; n++) await send(`msg=counted+${n}`, 'application/x-www-form-urlencoded');
  const counters = () =>
    (seen.filter(({ event }) => event === 'status').at(-1)?.data.counters ?? {}) as Readonly<Record<string, number>>;
  await until('they agree', 5_000, async () => {
    const { acknowledged = 0, stored = 0, elsewhere = 0, missing, duplicated, kept, checked } = counters();
    return stored >= 21 && acknowledged + elsewhere === stored && missing === 0 && duplicated === 0 && checked === kept;
  });
  assert.equal(counters().elsewhere, 1);
  stop();
});

test('a page of older messages cannot be asked for beyond its bounds', async () => {
  for (const query of ['limit=0', 'limit=201', 'before=x', 'text=', `text=${'x'.repeat(201)}`]) {
    assert.equal((await get(`/ui/older?${query}`)).status, 400, query);
  }
  assert.equal((await get('/ui/messages/x')).status, 400);
  assert.equal((await get('/ui/messages/0198c0de-0000-7000-8000-00000000dead')).status, 404);
});

test('a logger that answers something else does not end the facade while somebody watches', async (t) => {
  for (const garbage of ['{}', 'null', '{"members":5,"messages":5,"missing":5,"msg":5}']) {
    const other = await openInProcess({ loggers: [await openBadLogger((response) => void response.end(garbage))] });
    t.after(() => other.close());
    const watching = new AbortController();
    await fetch(`${other.url}/ui/events`, { signal: watching.signal });
    for (const path of ['/ui/older', '/ui/messages/0198c0de-0000-7000-8000-00000000dead'])
      assert.notEqual((await fetch(other.url + path)).status, 404);
    await pause(1_500);
    assert.equal((await fetch(`${other.url}/health/live`)).status, 200);
    watching.abort();
  }
});

test('a facade that ends does not wait for those who watch', async () => {
  const other = await openInProcess();
  const response = await fetch(`${other.url}/ui/events`);
  const reading = response.text();
  const began = performance.now();
  await other.close();
  await reading;
  assert.ok(performance.now() - began < 3_000);
});
