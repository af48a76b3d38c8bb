import { Agent, get } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

/** Opens so many viewers of a facade's events, each on a connection of its own, and takes all that comes. */
const { url, count } = workerData as { readonly url: string; readonly count: number };
const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
await Promise.all(
  Array.from(
    { length: count },
    () => new Promise<void>((resolve) => get(url, { agent }, (response) => resolve(void response.resume()))),
  ),
);
parentPort?.postMessage('open');
// Kept alive, also without viewers, until it is ended.
setInterval(() => {}, 1_000);
