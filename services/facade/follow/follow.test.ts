import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createMemoryStore } from '../../../test/doubles/memory-store.ts';
import { openInProcess, openLogger } from '../../../test/in-process.ts';
import { until } from '../../../test/until.ts';
import { formatKeepAlive, formatTold } from './follow-format.ts';

const NDJSON = 'application/x-ndjson';
const EVENTS = 'text/event-stream';
const FIRST = '00000000-0000-0000-0000-000000000000';
const keyOf = (digit: string) => `${digit}0000000-0000-4000-8000-000000000001`;

/** Opens two facades over one logger, whose reads are counted. */
async function openTwo(t: TestContext) {
  const memory = createMemoryStore();
  const reads = { count: 0 };
  const read: typeof memory.read = (range, signal) => {
    reads.count++;
    return memory.read(range, signal);
  };
  const loggers = [await openLogger({ ...memory, read })];
  const options = { loggers, requestTimeoutMs: 30_000, attemptTimeoutMs: 10_000 };
  const [first, second] = [await openInProcess(options), await openInProcess(options)];
  t.after(() => Promise.all([first.close(), second.close()]));
  return { url: first.url, otherUrl: second.url, reads, close: first.close };
}

async function post(url: string, msg: string, UUID?: string): Promise<string> {
  const body = new URLSearchParams({ msg, ...(UUID === undefined ? {} : { UUID }) });
  const response = await fetch(url, { method: 'POST', body });
  assert.equal(response.status, 201);
  return String(Object(await response.json()).UUID);
}

function parseLines(text: string) {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

/** Follows; what has come is in `text`. */
async function follow(t: TestContext, url: string, query = '', headers: Record<string, string> = { Accept: NDJSON }) {
  const left = new AbortController();
  t.after(() => left.abort());
  const response = await fetch(`${url}/?follow=1${query}`, { headers, signal: left.signal });
  const got = { response, text: '', isOver: false, leave: () => left.abort() };
  void (async () => {
    for await (const chunk of response.body ?? []) got.text += Buffer.from(chunk).toString();
    got.isOver = true;
  })().catch(() => {});
  return {
    got,
    lines: () => parseLines(got.text),
    until: (isThere: (text: string) => boolean) => until('it comes', 30_000, async () => isThere(got.text)),
  };
}

test('each message comes once, with its time, in three formats, whichever facade takes it', async (t) => {
  const { url, otherUrl } = await openTwo(t);
  await post(url, 'before');
  const lines = await follow(t, url);
  const text = await follow(t, url, '', {});
  const events = await follow(t, url, '', { Accept: EVENTS });
  await post(url, 'one\nline');
  await post(url, 'a\u009bb');
  await post(otherUrl, 'two');
  await post(url, 'key of its own', keyOf('f'));
  await post(url, 'end');
  for (const { until } of [lines, text, events]) await until((all) => /\btwo\b/.test(all) && /\bend\b/.test(all));
  await pause(1_200); // two more looks
  const messages = lines.lines();
  assert.deepEqual(messages.map(({ msg }) => msg).toSorted(), [
    'a\u009bb',
    'end',
    'key of its own',
    'one\nline',
    'two',
  ]);
  for (const { time } of messages) assert.ok(Math.abs(Date.parse(time) - Date.now()) < 30_000);
  assert.match(text.got.text, /^\d{4}-\d\d-\d\dT[\d:.]+Z one\\nline$/m);
  assert.equal(text.got.text.split('\n').length, 6);
  for (const { got } of [lines, text, events]) assert.ok(!/[\u0080-\u009f]/.test(got.text)); // a terminal may obey them
  const shown = events.got.text.replaceAll(/^id: \S+\n\n/gm, ''); // what keeps a slow machine's connection open
  assert.match(shown, /^retry: 1000\n(id: [\da-f-]{36}\ndata: \{.*\}\n\n){5}$/);
  assert.equal(events.got.response.headers.get('X-Accel-Buffering'), 'no');
});

test('who begins after a key has what is there and what comes meanwhile, each once', async (t) => {
  const { url, otherUrl } = await openTwo(t);
  const keys: string[] = [];
  for (let n = 0; n < 10; n++) keys.push(await post(n % 2 ? url : otherUrl, `m${n}`));
  // Every fifth under a key of its caller's, through the facade that is followed.
  const more = Array.from({ length: 30 }, (_, n) => n + 10);
  const posting = Promise.all(
    more.map((n) => post(n % 2 ? url : otherUrl, `m${n}`, n % 10 === 5 ? keyOf(`${(n - 5) / 10}`) : undefined)),
  );
  const { until, lines } = await follow(t, url, `&after=${keys[4]}`);
  await posting;
  // Keys of one's own stand anywhere, also before where it began: these are told only as they come.
  const due = Array.from({ length: 35 }, (_, n) => n + 5)
    .filter((n) => n % 10 !== 5 || n < 10)
    .map((n) => `m${n}`);
  await until((all) => due.every((msg) => all.includes(`"${msg}"`)));
  await pause(1_200); // two more looks
  const got = lines().map(({ msg }) => msg);
  assert.equal(new Set(got).size, got.length);
});

test('who goes on where a line says misses nothing, also of what came through another facade under any key', async (t) => {
  const { url, otherUrl } = await openTwo(t);
  const first = await follow(t, url, `&after=${FIRST}`, { Accept: EVENTS });
  await post(url, 'seen');
  await first.until((all) => all.includes('seen'));
  first.got.leave();
  await post(otherUrl, 'in between');
  await post(otherUrl, 'key of its own', keyOf('f'));
  const [id = ''] = /[\da-f-]{36}(?=\ndata)/.exec(first.got.text) ?? [];
  const again = await follow(t, otherUrl, `&after=${keyOf('e')}`, { Accept: NDJSON, 'Last-Event-ID': id });
  await again.until((all) => all.includes('in between') && all.includes('key of its own'));
});

test('a follower that does not take its messages is dropped with a line that says where to go on', async (t) => {
  const { url } = await openTwo(t);
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  t.after(() => socket.destroy());
  socket.write(`GET /?follow=1 HTTP/1.0\r\nHost: ${hostname}\r\nAccept: ${NDJSON}\r\n\r\n`);
  await new Promise((resolve) => socket.once('readable', resolve)); // and it reads no more
  const line = `{"msg":"${'x'.repeat(60_000)}"}\n`;
  const sent = await fetch(url, { method: 'POST', body: line.repeat(250), headers: { 'Content-Type': NDJSON } });
  assert.equal((await sent.text()).match(/"status":201/g)?.length, 250);
  const all = Buffer.concat(await socket.toArray()).toString();
  const last = JSON.parse(all.trimEnd().split('\n').at(-1) ?? '');
  assert.equal(last.status, 503);
  const rest = await follow(t, url, `&after=${last.next}`);
  await rest.until((text) => text.split('\n').length > 250);
});

test('followers are bounded, and cost nothing once they have left', async (t) => {
  const { url, reads } = await openTwo(t);
  const followers = [await follow(t, url), await follow(t, url), await follow(t, url)];
  const refused = await fetch(`${url}/?follow=1`);
  assert.deepEqual([refused.status, refused.headers.get('Retry-After')], [503, '1']);
  for (const { got } of followers) got.leave();
  await pause(700);
  const before = reads.count;
  assert.ok(before > 0);
  await pause(1_500);
  assert.equal(reads.count, before);
  assert.equal((await fetch(`${url}/?follow=1`, { method: 'HEAD' })).status, 200);
  for (const query of ['follow=2', 'follow=1&limit=3', 'follow=1&after=x', 'follow=1&follow=1'])
    assert.equal((await fetch(`${url}/?${query}`)).status, 400, query);
});

test('a facade that ends tells its followers where to go on', async (t) => {
  const { url, close } = await openTwo(t);
  const { got, until, lines } = await follow(t, url);
  await close();
  await until(() => got.isOver);
  assert.match(lines().at(-1)?.next, /^[\da-f-]{36}$/);
});

test('what keeps a silent connection open shows in no message', () => {
  const told = { UUID: FIRST, line: `{"UUID":"${FIRST}","msg":"a"}`, time: null, next: FIRST };
  const [silent, lines] = [formatKeepAlive(FIRST, NDJSON), formatTold(told, NDJSON)];
  assert.notEqual(silent, '');
  assert.deepEqual(parseLines(silent + silent + lines), parseLines(lines));
});
