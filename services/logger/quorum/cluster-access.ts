import type { SafetyCheck } from '../member/member-health.ts';
import type { Sessions } from '../member/session.ts';
import { createSharedEntry } from '../member/shared-entry.ts';
import type { ClusterAccess } from './quorum-watch.ts';

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
