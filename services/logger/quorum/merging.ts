import type { Seat } from '../member/session.ts';

/**
 * Creates the function that tells of each look whether a member of the view was merged and is not in its place yet; it gets the view and
 * the voters that are stored. A merge gives a process another UUID, and it is a voter under that once every copy is in its place. Until then
 * queries may lack entries (docs/hazelcast.md). One that was started anew has a new process as well, and lacks nothing.
 */
export function createMerging(): (view: readonly Seat[], voters: readonly Seat[]) => boolean {
  /** The UUID of each process when it was first seen, or a voter last. */
  const known = new Map<string, string>();

  function isMerging({ process, uuid }: Seat, voters: readonly Seat[]): boolean {
    const isVoter = voters.some((voter) => voter.uuid === uuid);
    const seen = known.get(process) ?? voters.find((voter) => voter.process === process)?.uuid;
    // Members that do not name their process go by their UUID: those may have been merged whenever they join.
    const before = seen ?? (process === uuid ? '' : uuid);
    known.set(process, isVoter ? uuid : before);
    return !isVoter && before !== uuid;
  }

  // Each is looked at, so that each is known from then on.
  return (view, voters) => view.filter((seat) => isMerging(seat, voters)).length > 0;
}
