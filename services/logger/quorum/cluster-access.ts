import type { SafetyCheck } from '../member/member-health.ts';
import type { Sessions } from '../member/session.ts';
import type { ClusterAccess } from './quorum-watch.ts';

const KEY = 'voters';

/** Creates what the watch of the quorum needs, by whichever session there is. */
export function createClusterAccess(sessions: Sessions, askSafe: SafetyCheck | undefined): ClusterAccess {
  const { current } = sessions;
  return {
    told: () => sessions.session?.members(),
    ...(askSafe && { askSafe }),
    view: async () => current().view(),
    async voters() {
      const { maps, call } = current();
      return (await call(maps.voters.get(KEY))) ?? undefined;
    },
    async replaceVoters(expected, next) {
      const { maps, call } = current();
      if (expected === undefined) return (await call(maps.voters.putIfAbsent(KEY, next))) === null;
      return call(maps.voters.replaceIfSame(KEY, expected, next));
    },
    async size() {
      const { maps, call } = current();
      return call(maps.messages.size());
    },
  };
}
