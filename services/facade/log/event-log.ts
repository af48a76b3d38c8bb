import { forLog } from '../../shared/message/printable.ts';
import { Problem, reasonOf } from '../../shared/message/problem.ts';
import type { TraceContext } from '../../shared/message/trace.ts';
import type { Log } from '../../shared/observing/log.ts';
import type { Events, StoreAttempt } from '../events.ts';

/** Writes the log lines about messages and loggers. */
export function logEvents(events: Events, log: Log): void {
  events.on('arrived', ({ message, trace: { traceId } }) =>
    log.info({ traceId }, `sending message ${forLog(message.msg)} UUID ${message.UUID}`),
  );
  events.on('answered', ({ message, trace: { traceId } }, result) => {
    if (result instanceof Problem || result.outcome === 'conflict') return;
    log.info({ traceId }, `successfully logged the message UUID ${message.UUID} on ${result.logger}`);
  });
  events.on('timedOut', (submissions, reason) => {
    const [traceId, ...others] = submissions.map(({ trace }) => trace.traceId);
    const ids = others.length === 0 ? { traceId } : { traceIds: [traceId, ...others] };
    const what = others.length === 0 ? '1 message' : `${submissions.length} messages`;
    log.error(ids, `could not log ${what}: ${reasonOf(reason)}`);
  });
  events.on('attemptBegun', (attempt) =>
    log.info(idsOfAttempt(attempt), `trying ${attempt.logger.url} for ${whatOf(attempt)}`),
  );
  events.on('attemptFailed', (attempt, error) =>
    log.warn(idsOfAttempt(attempt), `${attempt.logger.name} failed for ${whatOf(attempt)}: ${reasonOf(error)}`),
  );
  events.on('readFailed', (logger, error, trace, callers) =>
    log.warn(idsOf(trace, callers), `${logger.name} failed to read: ${reasonOf(error)}`),
  );
  events.on('loggerReady', ({ name }) => log.info(`${name} is ready`));
  events.on('loggerNotReady', ({ name }, reason) => log.warn(`${name} is not ready: ${reason}`));
}

const whatOf = ({ batch }: StoreAttempt) =>
  batch.length === 1 ? `UUID ${batch[0]?.message.UUID}` : `${batch.length} messages`;

const idsOfAttempt = ({ trace, batch }: StoreAttempt) =>
  idsOf(
    trace,
    batch.map((submission) => submission.trace),
  );

/** A batch or a shared read has a trace of its own; its lines also have the ids of its requests. */
function idsOf({ traceId }: TraceContext, callers: readonly TraceContext[]): object {
  return callers.length === 1 ? { traceId } : { traceId, traceIds: callers.map((caller) => caller.traceId) };
}
