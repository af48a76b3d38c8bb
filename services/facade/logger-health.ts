import type { AxiosInstance } from 'axios';
import { forLog } from '../shared/message/printable.ts';
import { reasonOf } from '../shared/message/problem.ts';
import { pauseUntil } from '../shared/timing/waiting.ts';
import type { Events, Logger } from './events.ts';
import type { LoggerHealth, LoggerPool, LoggerState } from './logger-pool.ts';

const POLL_MS = 500;
const TIMEOUT_MS = 1_000;
const MAX_REASON_LENGTH = 300;
/** How a logger can say that it is. */
const LOGGER_STATES: readonly LoggerState[] = [
  ...(['ready', 'waiting-for-member', 'no-quorum', 'ending'] as const),
  ...(['replaying', 'foreign-data', 'disk-failed'] as const),
];

/** Asks a logger how it is. */
export type AskHealth = (signal: AbortSignal) => Promise<LoggerHealth>;

/** Creates the client that asks the logger of an HTTP client. */
export function createHealthClient(http: AxiosInstance): AskHealth {
  return async (signal) => {
    const response = await http.get('/health/ready', { signal, params: { safe: 'no' } });
    if (response.status !== 200 && response.status !== 503) throw new Error(`it answered ${response.status}`);
    return parseHealth(JSON.parse(response.data));
  };
}

function parseHealth(value: unknown): LoggerHealth {
  const { ready, state, reason, member, cluster, disk } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof ready !== 'boolean') throw new Error('it did not say whether it is ready');
  const { size, members } = (cluster ?? {}) as Readonly<Record<string, unknown>>;
  const { bytes, messages } = (disk ?? {}) as Readonly<Record<string, unknown>>;
  return {
    ready,
    state: LOGGER_STATES.find((one) => one === state) ?? (ready ? 'ready' : 'not-ready'),
    ...(typeof reason === 'string' ? { reason: forLog(reason, MAX_REASON_LENGTH) } : {}),
    ...(typeof member === 'string' ? { member } : {}),
    ...(typeof bytes === 'number' && typeof messages === 'number' ? { disk: { bytes, messages } } : {}),
    ...(typeof size === 'number' && Array.isArray(members) ? { cluster: { size, members: members.map(String) } } : {}),
  };
}

/** Opens the checks: from now on each logger of the pool is asked for its health twice a second. */
export function openHealthChecks<L extends Logger & { readonly askHealth: AskHealth }>(
  pool: LoggerPool<L>,
  events: Events,
): { close(): Promise<void> } {
  const closing = new AbortController();

  async function check(logger: L): Promise<void> {
    let health: LoggerHealth;
    const silent = AbortSignal.timeout(TIMEOUT_MS);
    try {
      health = await logger.askHealth(silent);
    } catch (error) {
      health = { ready: false, state: silent.aborted ? 'silent' : 'unreachable', reason: reasonOf(error) };
    }
    if (closing.signal.aborted) return;
    const before = pool.healthOf(logger);
    if (health.ready && !before.ready) events.emit('loggerReady', logger);
    else if (!health.ready && health.reason !== before.reason)
      events.emit('loggerNotReady', logger, `${health.reason}`);
    pool.setHealth(logger, health);
  }

  const checking = pool.loggers.map(async (logger) => {
    while (!closing.signal.aborted) {
      await check(logger);
      await pauseUntil([closing.signal], POLL_MS);
    }
  });
  return {
    async close() {
      closing.abort();
      await Promise.all(checking);
    },
  };
}
