import { Problem } from '../../shared/message/problem.ts';
import type { Counting, Replay } from './replay.ts';

const REASON = 'the members hold a log that is kept on disk, and this logger keeps nothing: start it with DURABLE=1';

/**
 * What stands in place of the replay in a logger without a disk. Members that others have filled from their disks, or are filling, are
 * refused: what it stored there would be on no disk.
 */
export function refuseKept<Standing>(quorum: Pick<Counting<Standing>, 'standing' | 'noteOf'>): Replay<Standing> {
  const isKept = (standing: Standing) => quorum.noteOf(standing) !== undefined;
  return {
    standing() {
      const standing = quorum.standing();
      if (isKept(standing)) throw new Problem('unavailable', `This logger serves nothing: ${REASON}.`);
      return standing;
    },
    objection() {
      try {
        return isKept(quorum.standing()) ? { state: 'foreign-data', reason: REASON } : undefined;
      } catch {
        return undefined; // its cluster does not count, which is said elsewhere
      }
    },
    close: async () => {},
  };
}
