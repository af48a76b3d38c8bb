import type { ClusterAccess } from './cluster-access.ts';
import type { Quorum, Standing } from './quorum-watch.ts';
import { formatVoters, parseVoters } from './voters.ts';

/** Access to what a layer of the store keeps beside the voters. A store and a read that are confirmed confirm that too. */
export interface VoterNote {
  /** Gives what is noted; undefined in a log that has just begun. */
  noteOf(standing: Standing): string | undefined;
  /** Notes something else; false if the voters, or the note, have changed meanwhile. Throws a Problem (unavailable). */
  replaceNote(standing: Standing, note: string): Promise<boolean>;
}

/** Creates access to the note. */
export function createVoterNote(
  { confirmStore }: Pick<Quorum, 'confirmStore'>,
  { replaceVoters }: Pick<ClusterAccess, 'replaceVoters'>,
): VoterNote {
  return {
    noteOf: ({ voters }) => parseVoters(voters).note,
    async replaceNote(standing, note) {
      const voters = parseVoters(standing.voters);
      const isReplaced = await replaceVoters(
        standing.voters,
        formatVoters({ ...voters, version: voters.version + 1, note }),
      );
      await confirmStore(standing).catch(() => {}); // has the watch of the quorum look at once
      return isReplaced;
    },
  };
}
