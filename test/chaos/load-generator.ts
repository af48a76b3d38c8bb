import { setTimeout as pause } from 'node:timers/promises';
import { v7 as createUuid } from 'uuid';
import { createLatencies, type Latencies } from './latencies.ts';
import { type LatencySummary, type LoadOptions, type LoadResult, loadText } from './load.ts';
import { createLoadConnection, type LoadAnswer, type LoadConnection } from './load-connection.ts';

const LAST_ANSWERS_MS = 20_000;
const TICK_MS = 1;
/** Less than the server's backlog (1,024): beyond it the kernel drops connections, to be tried again seconds later. */
const MAX_CONNECTING = 500;

/** Offers a load from this thread; resolves when all answers have come, or 20 s after the last request. */
export async function generateLoad({ url, shape, seconds, firstN }: LoadOptions): Promise<LoadResult> {
  const at = new URL(url);
  const head = `POST / HTTP/1.1\r\nHost: ${at.host}\r\nContent-Type: application/json\r\nContent-Length: `;
  const acknowledged = new Map<string, number>();
  const byStatus: Record<number, number> = {};
  const stored = createLatencies();
  const refused = createLatencies();
  const lateness = createLatencies();
  let refusedWithoutRetryAfter = 0;
  let sent = 0;
  let notSent = 0;
  let underWay = 0;

  function sendOne(connection: LoadConnection, next: () => void): void {
    const n = firstN + sent++;
    const UUID = createUuid();
    const body = `{"UUID":"${UUID}","msg":"${loadText(n)}"}`;
    const start = performance.now();
    underWay++;
    connection.send(`${head}${body.length}\r\n\r\n${body}`, (answer) => {
      underWay--;
      note(answer, UUID, n, performance.now() - start);
      next();
    });
  }

  function note({ status, hasRetryAfter, body }: LoadAnswer, UUID: string, n: number, tookMs: number): void {
    byStatus[status] = (byStatus[status] ?? 0) + 1;
    if (status === 201 || status === 200) {
      // An answer for another message would not be this one's acknowledgement.
      if (!body.includes(UUID)) throw new Error(`the answer to ${UUID} is ${body}`);
      acknowledged.set(UUID, n);
      stored.add(tookMs);
    } else if (status === 503) {
      if (!hasRetryAfter) refusedWithoutRetryAfter++;
      refused.add(tookMs);
    }
  }

  const connections: LoadConnection[] = [];
  let connecting = 0;
  function addConnection(): LoadConnection {
    const connection = createLoadConnection(at, (change) => {
      connecting += change;
    });
    connections.push(connection);
    return connection;
  }

  const mayAdd = (maxConnections: number) => connections.length < maxConnections && connecting < MAX_CONNECTING;
  const start = performance.now();
  const cpu = process.cpuUsage();
  const endMs = start + 1000 * seconds;
  if (shape.kind === 'closed') {
    const goOn = (connection: LoadConnection) => {
      if (performance.now() < endMs) sendOne(connection, () => goOn(connection));
    };
    for (let n = 0; n < shape.connections; n++) goOn(addConnection());
    await pause(endMs - performance.now());
  } else {
    const free: LoadConnection[] = [];
    for (let due = 0; performance.now() < endMs; ) {
      const now = performance.now();
      for (; due < ((now - start) / 1000) * shape.perSecond; due++) {
        const connection = free.pop() ?? (mayAdd(shape.maxConnections) ? addConnection() : undefined);
        if (connection === undefined) notSent++;
        else {
          lateness.add(now - start - (1000 * due) / shape.perSecond);
          sendOne(connection, () => free.push(connection));
        }
      }
      await pause(TICK_MS);
    }
  }
  const took = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  for (const deadline = performance.now() + LAST_ANSWERS_MS; underWay > 0 && performance.now() < deadline; )
    await pause(10);
  for (const connection of connections) connection.close();
  return {
    seconds: took,
    sent,
    notSent,
    byStatus,
    refusedWithoutRetryAfter,
    latencies: { stored: summaryOf(stored), refused: summaryOf(refused) },
    latenessP99Ms: lateness.percentile(0.99),
    acknowledged,
    cpuShare: (user + system) / 1_000_000 / took,
  };
}

function summaryOf(latencies: Latencies): LatencySummary {
  return { count: latencies.count, p50Ms: latencies.percentile(0.5), p99Ms: latencies.percentile(0.99) };
}
