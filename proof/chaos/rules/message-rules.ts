import { walk } from '../history/ranges.ts';
import type { WindowTraffic } from '../history/window-traffic.ts';
import { thereMs } from './there.ts';
import { type Finding, finding, findingOf } from './violation.ts';

/** Every message that was acknowledged, or read once, is in the read that ends the window. */
export function findLost(traffic: WindowTraffic): readonly Finding[] {
  const { window, messages } = traffic;
  if (window.finalRead === undefined) return [finding('unread', 'no final read succeeded')];
  // When memory was lost on purpose, an answer binds only if its request began with the new memory there.
  const there = thereMs(traffic, window.memoryLost ? window.healedMs : undefined);
  const owed = messages.filter((_, index) => (there[index] ?? 0) < Number.POSITIVE_INFINITY);
  const numbers = owed.map(({ n }) => n);
  const lost: number[] = [];
  walk(window.finalRead.ranges, numbers, (index, has) => {
    if (!has) lost.push(numbers[index] ?? 0);
  });
  return findingOf('lost', 'messages that were acknowledged or read are not in the final read', lost);
}

/** No message is read twice, and none is acknowledged under two UUIDs. */
export function findDuplicated({ window, gets, messages }: WindowTraffic): readonly Finding[] {
  const reads = [...gets.map(({ seen }) => seen), window.finalRead];
  const twice = new Set(reads.flatMap((seen) => seen?.repeated ?? []));
  for (const { n, acknowledged } of messages) {
    if (new Set(acknowledged.flatMap(({ uuid }) => uuid || [])).size > 1) twice.add(n);
  }
  return findingOf('duplicated', 'messages were read twice, or acknowledged under two UUIDs', [...twice]);
}

/** Every message stands under the UUID that was acknowledged. */
export function findWrongUuids({ window: { finalRead }, messages }: WindowTraffic): readonly Finding[] {
  if (finalRead === undefined) return []; // said by findLost
  const { uuids } = finalRead;
  if (uuids === undefined) return [finding('wrong UUID', 'the final read has no UUIDs to compare')];
  const acknowledged = messages.filter((message) => message.acknowledged.length > 0);
  const numbers = acknowledged.map(({ n }) => n);
  const wrong: string[] = [];
  walk(finalRead.ranges, numbers, (index, has) => {
    const message = acknowledged[index];
    if (!has || message === undefined) return;
    const found = uuids[message.n];
    const other = message.acknowledged.find(({ uuid }) => uuid !== found);
    if (other !== undefined) wrong.push(`${message.n} has ${found}, acknowledged was ${other.uuid || 'none'}`);
  });
  return findingOf('wrong UUID', 'messages have another UUID than was acknowledged', wrong);
}
