import { Worker } from 'node:worker_threads';

/** How requests are offered: each of some connections one after the other, or so many a second, whatever becomes of them. */
export type LoadShape =
  | { readonly kind: 'closed'; readonly connections: number }
  | { readonly kind: 'open'; readonly perSecond: number; readonly maxConnections: number };

export interface LoadOptions {
  readonly url: string;
  readonly shape: LoadShape;
  readonly seconds: number;
  /** The number of the first message; its text is `loadText` of it, and those of the others follow. */
  readonly firstN: number;
}

/** Latencies of one class of answers, from when the request was written to its whole answer. */
export interface LatencySummary {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What came of a load. */
export interface LoadResult {
  /** How long requests were sent; answers that came later count as well. */
  readonly seconds: number;
  readonly sent: number;
  /** Open shape: requests whose time came while no connection was free. */
  readonly notSent: number;
  /** How many answers there were of each status; 0 stands for none. */
  readonly byStatus: Readonly<Record<number, number>>;
  readonly refusedWithoutRetryAfter: number;
  readonly latencies: { readonly stored: LatencySummary; readonly refused: LatencySummary };
  /** How late requests were written because the generator itself was late. */
  readonly latenessP99Ms: number;
  /** Numbers of the messages that were acknowledged (200 or 201), by UUID. */
  readonly acknowledged: ReadonlyMap<string, number>;
  /** What the process of the generator used meanwhile, as a share of one core. */
  readonly cpuShare: number;
}

/** Texts of a load begin with it, so that whoever checks other traffic can pass over them. */
export const LOAD_MARK = 'load:';

/** The text of a message of a load. */
export function loadText(n: number): string {
  return LOAD_MARK + n;
}

/** Offers a load to a facade, from a thread of its own; waits for the last answer, for up to 20 s. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const worker = new Worker(new URL('./load-worker.js', import.meta.url), { workerData: options });
  return new Promise<LoadResult>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the load generator ended without a result')));
  });
}
