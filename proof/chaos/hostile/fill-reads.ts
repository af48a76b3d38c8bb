import { setTimeout as pause } from 'node:timers/promises';
import { wholeLines } from '../../../services/shared/message/message-stream.ts';
import type { FillPost } from './fill-writers.ts';

const MAX_LINE_BYTES = 500_000;
const PAUSE_MS = 200;

/** Reads a page now and then until a time of performance.now(); gives the statuses, 0 where an answer was not whole. */
export async function readOn(url: string, endMs: number): Promise<number[]> {
  const statuses: number[] = [];
  while (performance.now() < endMs) {
    statuses.push(await readPage(url).catch(() => 0));
    await pause(PAUSE_MS);
  }
  return statuses;
}

async function readPage(url: string): Promise<number> {
  const response = await fetch(`${url}/?limit=200`, { headers: { Accept: 'application/json' } });
  await response.json();
  return response.status;
}

/**
 * Reads everything from the first post's UUID on: the numbers that came, and what came twice, or not with the UUID and text
 * it was posted with. What is no fill message is passed over.
 */
export async function readBack(
  url: string,
  posts: readonly FillPost[],
  textOf: (n: number) => string,
): Promise<{ numbers: Set<number>; wrong: string[] }> {
  const uuids = new Map(posts.map(({ n, uuid }) => [n, uuid]));
  const first = [...uuids.values()].sort()[0] ?? '';
  // The key just before: version 7 keys of the same millisecond begin with it.
  const after = `${first.slice(0, 14)}7000-8000-000000000000`;
  const response = await fetch(`${url}/?after=${after}`, { headers: { Accept: 'application/x-ndjson' } });
  const numbers = new Set<number>();
  const wrong: string[] = [];
  if (response.status !== 200 || response.body === null)
    return { numbers, wrong: [`the read answered ${response.status}`] };
  try {
    for await (const chunk of wholeLines(response.body, MAX_LINE_BYTES)) {
      for (const line of chunk.toString().split('\n')) {
        if (line === '') continue;
        const { UUID, msg } = JSON.parse(line) as { UUID: string; msg: string };
        const n = Number(/^fill:(\d+):/.exec(msg)?.[1] ?? Number.NaN);
        if (Number.isNaN(n)) continue;
        if (uuids.get(n) !== UUID || msg !== textOf(n) || numbers.has(n)) wrong.push(`${UUID} ${msg.slice(0, 40)}`);
        numbers.add(n);
      }
    }
  } catch (error) {
    wrong.push(`the read broke off: ${error}`);
  }
  return { numbers, wrong };
}
