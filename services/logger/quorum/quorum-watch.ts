import { Problem } from '../../shared/message/problem.ts';
import type { Log } from '../../shared/observing/log.ts';
import { shareCall } from '../../shared/timing/shared-call.ts';
import { pauseUntil } from '../../shared/timing/waiting.ts';
import type { Seat } from '../member/session.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { createDepartures } from './departures.ts';
import { type Liveness, whichMayLive } from './liveness.ts';
import { createMerging } from './merging.ts';
import { hasQuorum, isSame, nextVoters, servesUnder } from './quorum.ts';
import { createSettling } from './settling.ts';
import { formatVoters, parseVoters } from './voters.ts';

/** A cluster that counts, as it was seen: what is done under it counts if it still stands afterwards. */
export interface Standing {
  readonly view: readonly Seat[];
  /** The voters as they are stored. */
  readonly voters: string;
}

/** Whether the cluster of the logger's member counts. */
export interface Quorum {
  /** Gives what to act under. Throws a Problem (unavailable) while the cluster does not count. */
  standing(): Standing;
  /**
   * Checks after something was stored that it still stands: the same view, asked afresh, and the same voters. The rule
   * holds then as it did before: the dead stay dead. Throws a Problem (unavailable) if it does not stand.
   */
  confirmStore(standing: Standing): Promise<void>;
  /** The same after something was read, and that a write reaches every copy: a member that was left out cannot make one. */
  confirmRead(standing: Standing): Promise<void>;
  /** Waits a moment until every copy is in its place since a member left (departures.ts). Throws a Problem (unavailable) if it is not. */
  placed(): Promise<void>;
  /** The same, and until no member lacks its part because it was merged: queries may lack entries before (docs/hazelcast.md). */
  settled(): Promise<void>;
  /** Why the cluster does not count; undefined while it does. */
  objection(): string | undefined;
  /** Whether it counts, its members are the voters (one that was merged is none yet, a silent one still is), and every copy is in its place. */
  isUpToDate(): boolean;
  close(): Promise<void>;
}

interface Options {
  readonly cluster: ClusterAccess;
  /** The names of all members that there can be. */
  readonly configured: readonly string[];
  readonly mayLive: Liveness;
  /** Called while there is a member that was merged: it may have brought messages. */
  readonly onMerged?: () => void;
  readonly log: Log;
  readonly now?: () => number;
}

const LOOK_MS = 100;
/** How often the cluster is looked at while nothing changes: it counts, its voters are right, and its member tells of no change. */
const IDLE_MS = 2_000;
/** Below the time for which a facade waits for a logger, so that it hears why. */
const PATIENCE_MS = 800;
/** As long as a caller of the facade may wait: then it is no pause any more. */
const LACKING_MS = 15_000;
const AWAY = 'its member is away';

/** Opens the watch: it looks at the cluster again and again, and keeps the voters up to date. */
export function openQuorum(options: Options): Quorum {
  const { cluster, configured, mayLive, onMerged = () => {}, log, now = () => performance.now() } = options;
  const closing = new AbortController();
  const settling = createSettling(cluster.askSafe, now);
  const merging = createMerging();
  const departures = createDepartures(cluster.askSafe !== undefined, now);
  let standing: Standing | undefined;
  let objection: string | undefined = AWAY;
  let isMerging = false;
  let isStill = false;
  let areAllThere = false;
  let wake = new AbortController();

  const freshView = shareCall(() => cluster.view());

  function changed(): Problem {
    wake.abort();
    return new Problem(
      'unavailable',
      'The cluster changed meanwhile. It may be stored all the same; repeating is safe.',
    );
  }

  /** Gives the standing that a fence, and a view asked after it, have confirmed. */
  const confirmFenced = shareCall(async () => {
    const held = current();
    if (!(await cluster.replaceVoters(held.voters, held.voters))) throw changed();
    if (!isSame(await freshView(), held.view)) throw changed();
    return held;
  });

  function current(): Standing {
    if (standing !== undefined) return standing;
    throw new Problem('unavailable', `The cluster of this logger does not count: ${objection}.`);
  }

  /** Tells whether nothing is to be changed. */
  async function look(): Promise<boolean> {
    const view = await freshView().catch((error: unknown) => {
      // Its member is away, which is said elsewhere; any other call may wait for another member.
      standing = undefined;
      objection = AWAY;
      throw error;
    });
    const stored = await cluster.voters();
    const voters = stored === undefined ? undefined : parseVoters(stored);
    isMerging = merging(view, voters?.seats ?? []);
    if (isMerging) onMerged();
    const quietNow = async () => settling({ view, size: await cluster.size() });
    // Where all its members are voters, the rule does not ask whether it has settled.
    const isKnown = view.every(({ uuid }) => voters?.seats.some((voter) => voter.uuid === uuid));
    departures.saw(view, voters?.seats ?? []);
    const quiet = isKnown && !departures.isLacking ? undefined : await quietNow();
    if (quiet?.isInPlace) departures.filled();
    // Last of all: a process that is being started is dead one moment, and alive the next.
    const names = new Set([...configured, ...(voters?.seats ?? []).map(({ name }) => name)]);
    for (const { name } of view) names.delete(name);
    const living = await whichMayLive(names, mayLive);
    const situation = { view, configured, voters, mayLive: (name: string) => living.has(name) };
    const isSettled = quiet?.isSettled ?? false;
    if (!hasQuorum({ ...situation, isSettled })) {
      const elsewhere = `${[...living].sort().join(' and ')} may live elsewhere, and ${living.size > 1 ? 'have' : 'has'} what counts`;
      note(undefined, isKnown || isSettled ? elsewhere : 'it has not settled yet');
      return false;
    }
    if (departures.lackingMs > LACKING_MS) {
      note(undefined, 'a member has left, and its own does not say that every copy is in its place');
      return false;
    }
    const next = nextVoters(situation);
    areAllThere = isSame(next.seats, view);
    const serves = stored !== undefined && servesUnder(situation, next);
    note(serves ? { view, voters: stored } : undefined, 'who counts is not stored yet');
    if (next === voters) return !departures.isLacking;
    const { isInPlace } = quiet ?? (await quietNow());
    if (isInPlace && (await cluster.replaceVoters(stored, formatVoters(next))))
      log.info(`voters, version ${next.version}: ${next.seats.map(({ name }) => name).join(', ')}`);
    return false;
  }

  async function waitWhile(isSo: () => boolean, why: string): Promise<void> {
    for (const untilMs = now() + PATIENCE_MS; isSo(); await pauseUntil([], LOOK_MS))
      if (now() >= untilMs) throw new Problem('unavailable', why);
  }

  function note(found: Standing | undefined, why: string): void {
    if (found === undefined) {
      if (why !== objection) log.warn(`does not count: ${why}`);
    } else if (objection !== undefined) log.info(`counts, in a cluster of ${found.view.length}`);
    objection = found === undefined ? why : undefined;
    const isAsBefore = found !== undefined && standing?.voters === found.voters && isSame(found.view, standing.view);
    if (!isAsBefore) standing = found;
  }

  async function keepLooking(): Promise<void> {
    let idleUntilMs = Number.NEGATIVE_INFINITY;
    while (!closing.signal.aborted) {
      const isNews = standing === undefined || !isSame(cluster.told() ?? [], standing.view);
      if (isNews || wake.signal.aborted || now() >= idleUntilMs) {
        wake = new AbortController();
        if (isNews) isStill = false;
        try {
          isStill = await look();
          idleUntilMs = isStill ? now() + IDLE_MS : Number.NEGATIVE_INFINITY;
        } catch (error) {
          isStill = false;
          log.debug({ err: error }, 'could not look at its cluster');
        }
      }
      await pauseUntil([closing.signal, wake.signal], LOOK_MS);
    }
  }
  const looking = keepLooking();

  return {
    standing: current,
    async confirmStore(held) {
      const [view, voters] = await Promise.all([freshView(), cluster.voters()]);
      if (voters !== held.voters || !isSame(view, held.view)) throw changed();
    },
    async confirmRead(held) {
      if ((await confirmFenced()) !== held) throw changed();
    },
    placed: () => waitWhile(() => departures.isLacking, 'A member has left, and not every copy is in its place yet.'),
    settled: () =>
      waitWhile(
        () => departures.isLacking || isMerging,
        'A member has left or was merged, and not every copy is in its place yet.',
      ),
    objection: () => objection,
    isUpToDate: () => isStill && areAllThere,
    async close() {
      closing.abort();
      await looking;
    },
  };
}
