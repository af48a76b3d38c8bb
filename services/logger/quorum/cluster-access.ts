import type { SafetyCheck } from '../member/member-health.ts';
import type { Seat, Sessions } from '../member/session.ts';
import { createSharedEntry } from '../member/shared-entry.ts';
import type { AskSafe } from './settling.ts';

/** What the watch needs of the logger's own member. All calls throw a Problem (unavailable) while it is away. */
export interface ClusterAccess {
  /** Asks the member afresh for the members of its cluster. */
  view(): Promise<readonly Seat[]>;
  /** The members as it told last, of its own accord or asked; undefined while it is away. */
  told(): readonly Seat[] | undefined;
  /** Reads the stored voters; undefined where there are none. */
  voters(): Promise<string | undefined>;
  /** Stores `next` on every member if `expected` is stored; false if it is not. With both the same it is a fence. */
  replaceVoters(expected: string | undefined, next: string): Promise<boolean>;
  /** How many messages there are. */
  size(): Promise<number>;
  /** Absent where members do not tell. */
  readonly askSafe?: AskSafe;
}

/** Creates what the watch of the quorum needs, by whichever session there is. */
export function createClusterAccess(sessions: Sessions, askSafe: SafetyCheck | undefined): ClusterAccess {
  const { current } = sessions;
  const voters = createSharedEntry(current, (maps) => maps.voters, 'voters');
  return {
    told: () => sessions.session?.members(),
    ...(askSafe && { askSafe }),
    view: async () => current().view(),
    voters: () => voters.get(),
    replaceVoters: voters.replace,
    async size() {
      const { maps, call } = current();
      return call(maps.messages.size());
    },
  };
}
