import { performance } from 'node:perf_hooks';
import axios from 'axios';

/** One request that was made, as the caller saw it. */
export interface Call {
  readonly kind: 'POST' | 'GET';
  /** The HTTP status; 0 if there was no whole answer. */
  readonly status: number;
  readonly startMs: number;
  readonly tookMs: number;
  readonly detail: string;
  /** For a GET: how many messages that had been acknowledged before it began were missing in it. */
  readonly stale: number;
}

export interface TrafficReport {
  readonly calls: readonly Call[];
  /** Every message that was answered with 201 or 200, by UUID. */
  readonly acknowledged: ReadonlyMap<string, string>;
}

interface Options {
  readonly url: string;
  readonly postsPerSecond: number;
  readonly getsPerSecond: number;
}

const http = axios.create({
  proxy: false,
  validateStatus: () => true,
  responseType: 'text',
  transformResponse: [(data) => data],
  timeout: 60_000,
});

/** Reads all messages of a service as UUID and text; throws if the answer is not whole, or names one twice. */
export async function readAll(url: string): Promise<Map<string, string>> {
  const { status, data } = await http.get<string>(url, { headers: { Accept: 'application/x-ndjson' } });
  if (status !== 200) throw new Error(`GET ${url} answered ${status}: ${data}`);
  const lines = data
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { UUID: string; msg: string });
  const messages = new Map(lines.map(({ UUID, msg }) => [UUID, msg]));
  if (messages.size !== lines.length) throw new Error(`GET ${url} gave ${lines.length - messages.size} messages twice`);
  return messages;
}

/** Posts one message as a form; gives the answer. */
export async function post(
  url: string,
  msg: string,
): Promise<{ status: number; body: { UUID: string; msg: string; logger: string } }> {
  const { status, data } = await http.post<string>(url, new URLSearchParams({ msg }).toString());
  return { status, body: JSON.parse(data) };
}

/** Starts open-loop traffic: requests begin at their times, whether or not those before them were answered. */
export function startTraffic({ url, postsPerSecond, getsPerSecond }: Options): { stop(): Promise<TrafficReport> } {
  const calls: Call[] = [];
  const acknowledged = new Map<string, string>();
  const pending = new Set<Promise<void>>();
  const start = performance.now();
  let sent = 0;

  async function timed(
    kind: Call['kind'],
    call: () => Promise<{ status: number; detail: string; stale: number }>,
  ): Promise<void> {
    const from = performance.now();
    const { status, detail, stale } = await call().catch((error: Error) => ({
      status: 0,
      detail: error.message,
      stale: 0,
    }));
    calls.push({ kind, status, detail, stale, startMs: from - start, tookMs: performance.now() - from });
  }

  const postOne = () =>
    timed('POST', async () => {
      const msg = `message ${++sent}`;
      const { status, data } = await http.post<string>(url, { msg });
      if (status === 201 || status === 200) {
        const body = JSON.parse(data) as { UUID: string; msg: string };
        acknowledged.set(body.UUID, body.msg);
      }
      return { status, detail: data, stale: 0 };
    });
  const getAll = () =>
    timed('GET', async () => {
      const before = [...acknowledged.keys()];
      const { status, data } = await http.get<string>(url, { headers: { Accept: 'application/x-ndjson' } });
      const stale = status === 200 ? before.filter((UUID) => !data.includes(UUID)).length : 0;
      return { status, detail: status === 200 ? '' : data, stale };
    });
  const every = (perSecond: number, call: () => Promise<void>) => {
    if (perSecond === 0) return undefined;
    return setInterval(() => {
      const promise = call().finally(() => pending.delete(promise));
      pending.add(promise);
    }, 1000 / perSecond);
  };
  const timers = [every(postsPerSecond, postOne), every(getsPerSecond, getAll)];
  return {
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(pending);
      return { calls, acknowledged };
    },
  };
}

/** A few words on what came of the calls of one kind. */
export function summarize(
  { calls }: TrafficReport,
  kind: Call['kind'],
): { count: number; failed: Call[]; slowestMs: number; stale: number } {
  const mine = calls.filter((call) => call.kind === kind);
  return {
    count: mine.length,
    failed: mine.filter(({ status }) => status !== 200 && status !== 201),
    slowestMs: Math.round(Math.max(0, ...mine.map(({ tookMs }) => tookMs))),
    stale: mine.reduce((sum, { stale }) => sum + stale, 0),
  };
}
