import { parentPort, workerData } from 'node:worker_threads';
import { v7 as createUuid } from 'uuid';
import { createLatencies } from '../test/load/latencies.ts';
import { createLoadConnection, type LoadAnswer, type LoadConnection } from '../test/load/load-connection.ts';
import type { Load, LoadSample, PostTarget } from './load.ts';

const WARM_UP_S = 0.5;

/** Runs a closed loop on connections that are open already; what is under way at the end is waited for, and counts. */
async function run({ url, withUuid }: PostTarget, { connections, seconds, length }: Load): Promise<LoadSample> {
  const at = new URL(url);
  const head = `POST ${at.pathname} HTTP/1.1\r\nHost: ${at.host}\r\nContent-Type: application/json\r\nContent-Length: `;
  const text = 'x'.repeat(length);
  const request = () => {
    const body = withUuid ? `{"UUID":"${createUuid()}","msg":"${text}"}` : `{"msg":"${text}"}`;
    return `${head}${body.length}\r\n\r\n${body}`;
  };
  const send = (connection: LoadConnection) =>
    new Promise<LoadAnswer>((resolve) => connection.send(request(), resolve));
  const open = Array.from({ length: connections }, () => createLoadConnection(at));
  async function keepSending(untilMs: number, note: (answer: LoadAnswer, tookMs: number) => void): Promise<void> {
    const keep = async (connection: LoadConnection) => {
      while (performance.now() < untilMs) {
        const start = performance.now();
        note(await send(connection), performance.now() - start);
      }
    };
    await Promise.all(open.map(keep));
  }
  await keepSending(performance.now() + 1_000 * WARM_UP_S, () => {});
  parentPort?.postMessage('begins');
  const latencies = createLatencies();
  let failed = 0;
  const start = performance.now();
  await keepSending(start + 1_000 * seconds, ({ status }, tookMs) => {
    if (status === 200 || status === 201) latencies.add(tookMs);
    else failed++;
  });
  const took = (performance.now() - start) / 1_000;
  for (const connection of open) connection.close();
  return {
    seconds: took,
    stored: latencies.count,
    failed,
    p50Ms: latencies.percentile(0.5),
    p99Ms: latencies.percentile(0.99),
  };
}

const { target, load } = workerData as { readonly target: PostTarget; readonly load: Load };
parentPort?.postMessage(await run(target, load));
