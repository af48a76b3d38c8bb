import type { Seat } from '../../services/logger/member/session.ts';
import { parseVoters } from '../../services/logger/quorum/voters.ts';

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
