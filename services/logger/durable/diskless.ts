import { Problem } from '../../shared/message/problem.ts';
import { parseFilling } from './filling.ts';
import type { Replay, ReplayObjection } from './replay.ts';

/** What is used of the quorum, and of what is noted beside its voters. */
interface Counting<Standing> {
  standing(): Standing;
  noteOf(standing: Standing): string | undefined;
}

/**
 * Creates what stands in for the replay in a logger that has no disk: it serves nothing where others fill the members from theirs, as
 * what it acknowledges would be on none.
 */
export function createDiskless<Standing>({ standing, noteOf }: Counting<Standing>): Replay<Standing> {
  let seen: Standing | undefined;
  let objection: ReplayObjection | undefined;

  function objectionTo(held: Standing): ReplayObjection | undefined {
    if (held === seen) return objection;
    seen = held;
    const note = noteOf(held);
    objection = note === undefined ? undefined : { state: 'foreign-data', reason: reasonFor(note) };
    return objection;
  }

  return {
    standing() {
      const held = standing();
      const why = objectionTo(held);
      if (why === undefined) return held;
      throw new Problem('unavailable', `This logger serves nothing: ${why.reason}.`);
    },
    objection: () => objectionTo(standing()),
    close: async () => {},
  };
}

function reasonFor(note: string): string {
  const { log, loggers } = parseFilling(note);
  return `it has no folder (DATA_FOLDER); the members have the log ${log}, which ${loggers.join(', ')} keep on disk`;
}
