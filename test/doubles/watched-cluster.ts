import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Seat } from '../../services/logger/member/session.ts';
import { openQuorum, type Quorum } from '../../services/logger/quorum/quorum-watch.ts';
import { parseVoters } from '../../services/logger/quorum/voters.ts';
import { createSilentLog } from '../../services/shared/observing/log.ts';

/** A member: its name, its process and its UUID from two letters and more. */
export const seat = (code: string): Seat => ({ name: `member-${code[0]}`, process: code.slice(0, 2), uuid: code });

/** Creates a cluster that is what the test makes of it. */
export function createCluster(...codes: string[]) {
  const cluster = {
    seats: codes.map(seat),
    stored: undefined as string | undefined,
    safe: true as boolean | undefined,
    living: new Set<string>(),
    fences: 0,
    /** Called before a fence is answered. */
    onFence: async () => {},
    voters: () =>
      cluster.stored === undefined
        ? undefined
        : parseVoters(cluster.stored)
            .seats.map((s) => s.uuid)
            .join(' '),
  };
  const access = {
    view: async () => cluster.seats,
    told: () => cluster.seats,
    voters: async () => cluster.stored,
    async replaceVoters(expected: string | undefined, next: string) {
      if (expected === next) {
        cluster.fences++;
        await cluster.onFence();
      }
      if (cluster.stored !== expected) return false;
      cluster.stored = next;
      return true;
    },
    size: async () => 0,
    askSafe: async () => cluster.safe,
  };
  return { cluster, access };
}

/** Opens the watch of the quorum on a cluster, for as long as a test takes. */
export function openWatch(
  t: TestContext,
  { cluster, access }: ReturnType<typeof createCluster>,
  onMerged = () => {},
  now = () => performance.now(),
): Quorum {
  const quorum = openQuorum({
    cluster: access,
    configured: ['member-1', 'member-2', 'member-3'],
    mayLive: async (name) => cluster.living.has(name),
    onMerged,
    now,
    log: createSilentLog(),
  });
  t.after(() => quorum.close());
  return quorum;
}

/** Waits until something is so, for up to 4 s and more where the machine is busy. */
export async function untilSoon(what: string, isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries++) {
    assert.ok(tries < 400, what);
    await pause(10);
  }
}
