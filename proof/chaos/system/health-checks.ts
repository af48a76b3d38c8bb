import { type Facade, LOGGERS, MEMBERS, type Member, type Service } from './parts.ts';
import { holdsWithin } from './process-control.ts';

const POLL_MS = 250;
const ANSWER_MS = 2_000;

/** What is looked at to tell whether a system is well. */
export interface HealthChecks {
  /** How many members each logger sees; 0 if it does not answer or has no member. */
  clusterSizes(): Promise<readonly number[]>;
  /** Whether all is well within a time: services ready, one cluster of three that has all its copies. */
  wholeWithin(timeoutMs: number): Promise<boolean>;
  /** The same of the members alone. */
  membersWholeWithin(timeoutMs: number): Promise<boolean>;
}

interface Ready {
  readonly ready: boolean;
  readonly safe?: boolean;
  readonly cluster?: { readonly size: number };
  readonly loggers?: readonly { readonly ready: boolean; readonly cluster?: { readonly size: number } }[];
}

/** Creates the checks of a system's health, by the real addresses of its parts. */
export function createHealthChecks(
  urlOf: (service: Service) => string,
  memberUrlOf: (member: Member) => string,
  facades: readonly Facade[],
): HealthChecks {
  const ask = async <T>(url: string) => {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    return (await response.json()) as T;
  };
  const ready = (service: Service) => ask<Ready>(`${urlOf(service)}/health/ready`);

  async function isWhole(): Promise<boolean> {
    await ask(`${urlOf('messages')}/health/live`);
    for (const facade of await Promise.all(facades.map(ready))) {
      if (!facade.loggers?.every((logger) => logger.ready && logger.cluster?.size === LOGGERS.length)) return false;
    }
    const loggers = await Promise.all(LOGGERS.map(ready));
    return loggers.every(({ ready, safe, cluster }) => ready && safe === true && cluster?.size === LOGGERS.length);
  }

  async function areMembersWhole(): Promise<boolean> {
    type Health = { readonly nodeState: string; readonly clusterSafe: boolean; readonly clusterSize: number };
    const members = await Promise.all(MEMBERS.map((member) => ask<Health>(`${memberUrlOf(member)}/hazelcast/health`)));
    return members.every(
      ({ nodeState, clusterSafe, clusterSize }) =>
        nodeState === 'ACTIVE' && clusterSafe && clusterSize === MEMBERS.length,
    );
  }

  return {
    clusterSizes: () =>
      Promise.all(
        LOGGERS.map((logger) =>
          ready(logger).then(
            ({ cluster }) => cluster?.size ?? 0,
            () => 0,
          ),
        ),
      ),
    wholeWithin: (timeoutMs) => holdsWithin(timeoutMs, () => isWhole().catch(() => false), POLL_MS),
    // Rarely: the question disturbs members while one of them is silent (docs/decisions/cluster.md).
    membersWholeWithin: (timeoutMs) => holdsWithin(timeoutMs, () => areMembersWhole().catch(() => false), 4 * POLL_MS),
  };
}
