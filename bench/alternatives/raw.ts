import { Client } from 'hazelcast-client';
import { v7 as createUuid } from 'uuid';
import { createLatencies } from '../../test/load/latencies.ts';
import type { Load, LoadSample } from '../load.ts';

/** What the raw client is asked to do, by its parent. */
export type RawTask =
  | { readonly kind: 'post'; readonly load: Load }
  | { readonly kind: 'fill'; readonly upTo: number; readonly length: number }
  | { readonly kind: 'read' }
  | { readonly kind: 'clear' };

const FILL_AT_A_TIME = 1_000;
/** More at a time are more than members that share two cores acknowledge in time: their backups may have 5 s. */
const FILL_AT_ONCE = 2;

// The raw client: no HTTP at all, as many calls of `set` in flight as there would be connections.
const [, member = '', clusterName = ''] = process.argv.slice(2);
const client = await Client.newHazelcastClient({
  clusterName,
  network: { clusterMembers: [member], smartRouting: false },
  properties: { 'hazelcast.logging.level': 'WARN' },
});
const messages = await client.getMap<string, string>('messages');

async function post({ connections, seconds, length }: Load): Promise<LoadSample> {
  const latencies = createLatencies();
  const text = 'x'.repeat(length);
  const start = performance.now();
  const endMs = start + 1_000 * seconds;
  const keepSetting = async () => {
    while (performance.now() < endMs) {
      const from = performance.now();
      await messages.set(createUuid(), text);
      latencies.add(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: connections }, keepSetting));
  return {
    seconds: (performance.now() - start) / 1_000,
    stored: latencies.count,
    failed: 0,
    p50Ms: latencies.percentile(0.5),
    p99Ms: latencies.percentile(0.99),
  };
}

/** Fills the map up to a number of messages whose keys begin some time ago. */
async function fill(upTo: number, length: number): Promise<number> {
  const text = 'x'.repeat(length);
  let next = await messages.size();
  const begin = Date.now() - upTo;
  const fillOne = async () => {
    while (next < upTo) {
      const from = next;
      next += FILL_AT_A_TIME;
      const count = Math.min(FILL_AT_A_TIME, upTo - from);
      await messages.setAll(
        Array.from({ length: count }, (_, n): [string, string] => [createUuid({ msecs: begin + from + n }), text]),
      );
    }
  };
  await Promise.all(Array.from({ length: FILL_AT_ONCE }, fillOne));
  return messages.size();
}

async function read(): Promise<{ rows: number; totalMs: number }> {
  const start = performance.now();
  const rows = (await messages.entrySet()).length;
  return { rows, totalMs: performance.now() - start };
}

/** Empties what loggers store in, and what they know of its size. */
async function clear(): Promise<void> {
  await messages.clear();
  await (await client.getMap('usage')).clear();
}

async function perform(task: RawTask): Promise<unknown> {
  switch (task.kind) {
    case 'post':
      return post(task.load);
    case 'fill':
      return fill(task.upTo, task.length);
    case 'read':
      return read();
    case 'clear':
      return clear();
  }
}

process.on('message', async (task: RawTask) => process.send?.((await perform(task)) ?? 'done'));
process.once('disconnect', () => process.exit());
process.send?.('ready');
