import type { SafetyCheck } from './member/member-health.ts';
import type { Sessions } from './member/session.ts';

/** How a logger is, as programs read it. */
export type LoggerState =
  | ('ready' | 'waiting-for-member' | 'no-quorum' | 'ending')
  | ('replaying' | 'foreign-data' | 'disk-failed');

/** Why a logger serves nothing, though its member is there. */
export interface Objection {
  readonly state: LoggerState;
  readonly reason: string;
}

/** What a logger keeps on disk; a message that was sent again counts again. */
export interface DiskFigures {
  readonly bytes: number;
  readonly messages: number;
}

/** What a logger says of itself. */
export interface LoggerStatus {
  readonly ready: boolean;
  readonly state: LoggerState;
  /** Why it is not ready, for people. */
  readonly reason?: string;
  /** The address of its member. */
  readonly member: string;
  /** The cluster as its member sees it; absent while that is away. */
  readonly cluster?: { readonly size: number; readonly members: readonly string[] };
  /** Whether every entry has its copies, and the members are the voters. Absent if the member does not tell. */
  readonly safe?: boolean;
  /** What it keeps on disk; absent if it keeps nothing. */
  readonly disk?: DiskFigures;
}

/** Tells how the logger is; whether every entry has its copies only if asked, as that costs the members something. */
export type TellStatus = (options: { readonly withSafety: boolean }) => Promise<LoggerStatus>;

interface Options {
  readonly sessions: Pick<Sessions, 'session' | 'absence'>;
  /** Undefined while it can serve. */
  readonly objection: () => Objection | undefined;
  readonly disk?: () => DiskFigures;
  readonly askSafe: SafetyCheck;
  readonly memberAddress: string;
}

/** The objection of a cluster that does not count. */
export function noQuorum(reason: string | undefined): Objection | undefined {
  return reason === undefined ? undefined : { state: 'no-quorum', reason: `its cluster does not count: ${reason}` };
}

/** Creates the function that tells how a logger is. */
export function createStatus({ sessions, objection, askSafe, memberAddress: member, disk }: Options): TellStatus {
  return async ({ withSafety }) => {
    const { session, absence } = sessions;
    if (session === undefined) {
      const reason = `waits for its member at ${member}: ${absence}`;
      return { ready: false, state: 'waiting-for-member', reason, member };
    }
    const members = session
      .members()
      .map(({ name }) => name)
      .sort();
    const cluster = { size: members.length, members };
    const told = objection();
    const safe = withSafety ? await askSafe() : undefined;
    return {
      ready: told === undefined,
      state: 'ready',
      ...told,
      member,
      cluster,
      ...(safe === undefined ? {} : { safe }),
      ...(disk === undefined ? {} : { disk: disk() }),
    };
  };
}

/** A logger that is ending still answers, but tells the facade to ask the others. */
export function endingStatus(status: TellStatus, isEnding: () => boolean): TellStatus {
  return async (options) => {
    const told = await status(options);
    return isEnding() ? { ...told, ready: false, state: 'ending', reason: 'is ending' } : told;
  };
}
