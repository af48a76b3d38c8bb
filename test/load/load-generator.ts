import { setTimeout as pause } from 'node:timers/promises';
import { v7 as createUuid } from 'uuid';
import { createLatencies } from './latencies.ts';
import { type LoadOptions, type LoadResult, loadText } from './load.ts';
import { createLoadConnection, type LoadConnection } from './load-connection.ts';
import { createLoadTally } from './load-tally.ts';

const LAST_ANSWERS_MS = 20_000;
const TICK_MS = 1;
const OPENED_AT_A_TIME = 50;

/** Sends one message on a connection; `next` is called when it is answered. */
type SendOne = (connection: LoadConnection, next: () => void) => void;

/** Offers a load from this thread; resolves when all answers have come, or 20 s after the last request. */
export async function generateLoad({ url, shape, seconds, firstN }: LoadOptions): Promise<LoadResult> {
  const at = new URL(url);
  const head = `POST / HTTP/1.1\r\nHost: ${at.host}\r\nContent-Type: application/json\r\nContent-Length: `;
  const tally = createLoadTally();
  let sent = 0;
  let underWay = 0;
  const sendOne: SendOne = (connection, next) => {
    const n = firstN + sent++;
    const UUID = createUuid();
    const body = `{"UUID":"${UUID}","msg":"${loadText(n)}"}`;
    const start = performance.now();
    underWay++;
    connection.send(`${head}${body.length}\r\n\r\n${body}`, (answer) => {
      underWay--;
      tally.note(answer, UUID, n, performance.now() - start);
      next();
    });
  };
  const connections = await openConnections(at, shape.kind === 'closed' ? shape.connections : shape.maxConnections);
  const start = performance.now();
  const cpu = process.cpuUsage();
  const endMs = start + 1000 * seconds;
  const { notSent, latenessP99Ms } =
    shape.kind === 'closed'
      ? await keepSending(connections, endMs, sendOne)
      : await sendAtRate(connections, shape.perSecond, endMs, sendOne);
  const took = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const deadline = performance.now() + LAST_ANSWERS_MS;
  while (underWay > 0 && performance.now() < deadline) await pause(10);
  for (const connection of connections) connection.close();
  const cpuShare = (user + system) / 1_000_000 / took;
  return { seconds: took, sent, notSent, latenessP99Ms, cpuShare, ...tally.result() };
}

/**
 * Opens connections, and sees that each is really taken. To open them under load would be another experiment: Node accepts
 * one in each turn of its event loop (libuv since 1.45), while the kernel lets any number believe that they are connected.
 */
async function openConnections(at: URL, count: number): Promise<readonly LoadConnection[]> {
  const connections = Array.from({ length: count }, () => createLoadConnection(at));
  const ask = `GET /health/live HTTP/1.1\r\nHost: ${at.host}\r\n\r\n`;
  for (let n = 0; n < count; n += OPENED_AT_A_TIME) {
    const group = connections.slice(n, n + OPENED_AT_A_TIME);
    await Promise.all(group.map((connection) => new Promise<unknown>((resolve) => connection.send(ask, resolve))));
  }
  return connections;
}

interface Sent {
  readonly notSent: number;
  readonly latenessP99Ms: number;
}

/** The closed loop: each connection sends its next request when the one before is answered. */
async function keepSending(connections: readonly LoadConnection[], endMs: number, sendOne: SendOne): Promise<Sent> {
  const goOn = (connection: LoadConnection) => {
    if (performance.now() < endMs) sendOne(connection, () => goOn(connection));
  };
  for (const connection of connections) goOn(connection);
  await pause(endMs - performance.now());
  return { notSent: 0, latenessP99Ms: 0 };
}

/** The open loop: requests go out at their times, as long as a connection is free. */
async function sendAtRate(
  connections: readonly LoadConnection[],
  perSecond: number,
  endMs: number,
  sendOne: SendOne,
): Promise<Sent> {
  // Taken from the front and put back at the end: none is idle for so long that the server closes it.
  const free = [...connections];
  const lateness = createLatencies();
  const start = performance.now();
  let notSent = 0;
  for (let due = 0, now = start; now < endMs; await pause(TICK_MS)) {
    // At the end too: on a busy machine the last look before it may be long ago.
    now = Math.min(performance.now(), endMs);
    for (; due < ((now - start) / 1000) * perSecond; due++) {
      const connection = free.shift();
      if (connection === undefined) notSent++;
      else {
        lateness.add(now - start - (1000 * due) / perSecond);
        sendOne(connection, () => free.push(connection));
      }
    }
  }
  return { notSent, latenessP99Ms: lateness.percentile(0.99) };
}
