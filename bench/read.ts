import { Agent, get } from 'node:http';

/** What one GET brought. */
export interface ReadSample {
  readonly firstByteMs: number;
  readonly totalMs: number;
  readonly bytes: number;
  /** How many line ends there were. */
  readonly lines: number;
}

interface Options {
  readonly accept: string;
  readonly agent?: Agent;
  /** Gets each piece of the answer. */
  readonly onData?: (data: Buffer) => void;
}

/** Gets all of a URL; rejects if the answer is not 200 or not whole. */
export function readAll(url: string, { accept, agent, onData }: Options): Promise<ReadSample> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const request = get(url, { headers: { Accept: accept }, ...(agent === undefined ? {} : { agent }) }, (response) => {
      let firstByteMs = 0;
      let bytes = 0;
      let lines = 0;
      response.on('data', (data: Buffer) => {
        if (bytes === 0) firstByteMs = performance.now() - start;
        bytes += data.length;
        for (let at = data.indexOf(10); at !== -1; at = data.indexOf(10, at + 1)) lines++;
        onData?.(data);
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode !== 200) return reject(new Error(`${url} answered ${response.statusCode}`));
        resolve({ firstByteMs, totalMs: performance.now() - start, bytes, lines });
      });
    });
    request.on('error', reject);
  });
}

/** Reads on so many connections for a time; gives the reads a second. */
export async function readsPerSecond(
  url: string,
  accept: string,
  connections: number,
  seconds: number,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const start = performance.now();
  const endMs = start + 1_000 * seconds;
  let count = 0;
  const keepReading = async () => {
    while (performance.now() < endMs) {
      await readAll(url, { accept, agent });
      count++;
    }
  };
  await Promise.all(Array.from({ length: connections }, keepReading));
  agent.destroy();
  return (1_000 * count) / (performance.now() - start);
}

/** Checks lines of NDJSON as they come: how many there are, and whether their UUIDs ascend. */
export function createOrderCheck(): { take(data: Buffer): void; result(): { count: number; inOrder: boolean } } {
  let rest = '';
  let last = '';
  let count = 0;
  let inOrder = true;
  return {
    take(data) {
      const lines = (rest + data.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const key = line.slice(9, 45); // {"UUID":"…"
        inOrder &&= key > last;
        last = key;
        count++;
      }
    },
    result: () => ({ count, inOrder: inOrder && rest === '' }),
  };
}
