import { Problem, reasonOf } from '../../shared/message/problem.ts';
import type { Log } from '../../shared/observing/log.ts';
import { pauseUntil } from '../../shared/timing/waiting.ts';
import type { MessageStore } from '../message-store.ts';
import type { Disk } from './disk.ts';
import { type Filling, formatFilling, isWhole, parseFilling } from './filling.ts';
import { type PutOutcome, refill } from './refill.ts';

/** What is used of the quorum, and of what is noted beside its voters. */
interface Counting<Standing> {
  standing(): Standing;
  confirmStore(standing: Standing): Promise<void>;
  noteOf(standing: Standing): string | undefined;
  replaceNote(standing: Standing, note: string): Promise<boolean>;
}

/** Why a logger serves nothing, for programs and for people. */
export interface ReplayObjection {
  readonly state: 'replaying' | 'foreign-data';
  readonly reason: string;
}

/** The replay of a logger's disk into clusters that have lost everything. */
export interface Replay<Standing> {
  /** Gives what to act under. Throws a Problem (unavailable) while the cluster does not count, or has not all messages yet. */
  standing(): Standing;
  /** Why nothing is served although the cluster counts; undefined while it is. Throws a Problem (unavailable) while it does not count. */
  objection(): ReplayObjection | undefined;
  close(): Promise<void>;
}

interface Options<Standing> {
  readonly disk: Pick<Disk, 'folder' | 'identity' | 'figures' | 'open'>;
  readonly quorum: Counting<Standing>;
  /** Put messages into the map of a cluster that counts: those known to be stored, and those that may be. */
  readonly restored: MessageStore['store'];
  readonly stored: MessageStore['store'];
  readonly newId: () => string;
  readonly onFilled: () => void;
  readonly log: Log;
}

const LOOK_MS = 100;

/**
 * Opens the replay. A cluster in which nobody lives who had the messages begins without a note beside its voters. The first logger notes that
 * it is to be filled; each puts back what its own disk has, and notes that it is done. Nobody stores or reads before all are.
 * As the note is in the entry of the voters, every store and every read confirms it with them, and it is gone with the messages.
 */
export function openReplay<Standing>(options: Options<Standing>): Replay<Standing> {
  const { disk, quorum, log } = options;
  const { identity } = disk;
  const closing = new AbortController();
  let failure: ReplayObjection | undefined;
  let filledId: string | undefined;
  /** Into which cluster everything was put back: it may be a moment until the note is seen to say so. */
  let putId: string | undefined;

  function waiting(what: string): ReplayObjection {
    return { state: 'replaying', reason: `the members are being filled from disk: ${what}` };
  }

  function fillingOf(standing: Standing): Filling | undefined {
    const note = quorum.noteOf(standing);
    return note === undefined ? undefined : parseFilling(note);
  }

  function objectionTo(filling: Filling | undefined): ReplayObjection | undefined {
    if (filling === undefined) return waiting('that has not begun yet');
    if (filling.log !== identity.log || filling.loggers.join() !== identity.loggers.join())
      return {
        state: 'foreign-data',
        reason: `its folder ${disk.folder} belongs to the log ${identity.log} of ${identity.loggers.join(', ')}; the members have the log ${filling.log} of ${filling.loggers.join(', ')}`,
      };
    if (isWhole(filling)) return undefined;
    const missing = filling.loggers.filter((name) => !filling.done.includes(name));
    return waiting(`${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not done`);
  }

  /** Tries to do something for a filling; of no use once the members have lost everything anew, or the logger ends. */
  async function attempt(act: () => Promise<unknown>, id: string): Promise<PutOutcome> {
    try {
      if (closing.signal.aborted || fillingOf(quorum.standing())?.id !== id) return 'useless';
      await act();
      return 'certain';
    } catch (error) {
      log.debug({ err: error }, 'could not put messages back yet');
      await pauseUntil([closing.signal], LOOK_MS);
      return closing.signal.aborted ? 'useless' : 'uncertain';
    }
  }

  async function fill({ id }: Filling): Promise<boolean> {
    const { messages: total, bytes } = disk.figures();
    if (total > 0) log.info(`puts ${total.toLocaleString('en')} messages back (${bytes} bytes of ${disk.folder})`);
    const opened = await disk.open();
    try {
      const { stored, restored } = options;
      return await refill({
        batches: opened.batches(),
        total: opened.survey.messages,
        put: (messages, isSettled) => attempt(() => (isSettled ? restored : stored)(messages), id),
        log,
      });
    } finally {
      await opened.close();
    }
  }

  async function look(): Promise<void> {
    const standing = quorum.standing();
    const filling = fillingOf(standing);
    const objection = objectionTo(filling);
    if (filling === undefined) {
      const { log: id, loggers } = identity;
      await quorum.replaceNote(standing, formatFilling({ id: options.newId(), log: id, loggers, done: [] }));
    } else if (objection === undefined) {
      if (filledId !== filling.id) options.onFilled();
      filledId = filling.id;
    } else if (objection.state === 'foreign-data') {
      return;
    } else if (filling.done.includes(identity.logger)) {
      await quorum.confirmStore(standing); // has the watch of the quorum look again as soon as another logger is done
    } else if (putId === filling.id || (await fill(filling))) {
      putId = filling.id;
      while ((await attempt(() => noteDone(filling.id), filling.id)) === 'uncertain');
    }
  }

  async function noteDone(id: string): Promise<void> {
    const standing = quorum.standing();
    const filling = fillingOf(standing);
    if (filling?.id !== id) return;
    const done = [...new Set([...filling.done, identity.logger])].sort();
    if (!(await quorum.replaceNote(standing, formatFilling({ ...filling, done }))))
      throw new Error('others were faster');
  }

  function note(error: unknown): void {
    if (error instanceof Problem && error.code === 'unavailable') return; // the cluster does not count now, or has changed
    const failed = waiting(`that failed (${reasonOf(error)})`);
    if (failed.reason !== failure?.reason) log.error({ err: error }, 'cannot put messages back');
    failure = failed;
  }

  async function keepLooking(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await look();
        failure = undefined;
      } catch (error) {
        note(error);
      }
      await pauseUntil([closing.signal], LOOK_MS);
    }
  }
  const looking = keepLooking();

  return {
    standing() {
      const standing = quorum.standing();
      const why = objectionTo(fillingOf(standing));
      if (why === undefined) return standing;
      throw new Problem('unavailable', `This logger serves nothing yet: ${why.reason}.`);
    },
    objection: () => failure ?? objectionTo(fillingOf(quorum.standing())),
    async close() {
      closing.abort();
      await looking;
    },
  };
}
