import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../../test/until.ts';
import { createLiveFeed, type LiveFeed } from './live-feed.ts';

let server: Server;
let url: string;
let feed: LiveFeed;
before(async () => {
  server = createServer((_request, response: ServerResponse) => {
    if (!feed.add(response)) response.writeHead(503).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
after(() => {
  feed.close();
  server.closeAllConnections();
  server.close();
});

async function connect(): Promise<IncomingMessage> {
  const [response] = await once(get(url, { agent: false }), 'response');
  return response as IncomingMessage;
}

test('it is watched from the first viewer on, until the last one has been away for a while', async () => {
  const told: boolean[] = [];
  feed = createLiveFeed({ onWatched: (isWatched) => told.push(isWatched), lingerMs: 1_000 });
  assert.deepEqual(told, []);
  const one = await connect();
  const other = await connect();
  assert.deepEqual(told, [true]);
  one.destroy();
  await pause(200);
  assert.deepEqual(told, [true]);
  other.destroy();
  await until('both are gone', 2_000, async () => feed.viewers === 0);
  const again = await connect();
  await pause(200);
  assert.deepEqual(told, [true], 'who comes back soon has not been away');
  again.destroy();
  await until('nobody watches', 5_000, async () => told.length === 2);
  assert.deepEqual(told, [true, false]);
});

test('all get the same events, and a text cannot forge one', async () => {
  feed = createLiveFeed({ onWatched: () => {} });
  const viewers = [await connect(), await connect()];
  const texts = ['', ''];
  viewers.forEach((viewer, index) => {
    viewer.setEncoding('utf8').on('data', (data: string) => {
      texts[index] += data;
    });
  });
  feed.send('tail', { text: 'a\n\nevent: status\ndata: {}\r\rb' });
  await until('it has come', 2_000, async () => texts.every((text) => text.includes('tail')));
  for (const text of texts) {
    assert.equal(text, 'retry: 1000\n\nevent: tail\ndata: {"text":"a\\n\\nevent: status\\ndata: {}\\r\\rb"}\n\n');
  }
  for (const viewer of viewers) viewer.destroy();
});

test('a viewer that takes nothing is cut off; the others get all events', async () => {
  feed = createLiveFeed({ onWatched: () => {} });
  const slow = await connect();
  const quick = await connect();
  let got = 0;
  quick.setEncoding('utf8').on('data', (data: string) => {
    got += data.split('event: tail').length - 1;
  });
  slow.pause();
  const cut = once(slow, 'error');
  const text = 'x'.repeat(50_000);
  for (let sent = 1; sent <= 400; sent++) {
    feed.send('tail', { text });
    while (got < sent) await pause(1);
  }
  assert.equal(feed.viewers, 1);
  slow.resume();
  const [error] = await cut;
  assert.equal(error.code, 'ECONNRESET');
  quick.destroy();
});

test('more than 256 viewers are refused', async () => {
  feed = createLiveFeed({ onWatched: () => {} });
  const viewers = await Promise.all(Array.from({ length: 256 }, connect));
  const refused = await connect();
  assert.equal(refused.statusCode, 503);
  refused.resume();
  for (const viewer of viewers) viewer.destroy();
});
