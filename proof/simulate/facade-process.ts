import { createEvents } from '../../services/facade/events.ts';
import { logEvents } from '../../services/facade/log/event-log.ts';
import type { LoggerClient } from '../../services/facade/logger-client.ts';
import { openHealthChecks } from '../../services/facade/logger-health.ts';
import { createLoggerPool } from '../../services/facade/logger-pool.ts';
import { createMessageIds } from '../../services/facade/message-ids.ts';
import { createMessageReader } from '../../services/facade/message-reader.ts';
import { createMessageWriter } from '../../services/facade/message-writer.ts';
import { openRetries } from '../../services/facade/retry-budget.ts';
import { coalesceReads } from '../../services/facade/sharing/coalesced-reads.ts';
import { RefusedError } from '../../services/facade/store-client.ts';
import { toProblem } from '../../services/shared/http/problem-answer.ts';
import { formatMessages } from '../../services/shared/message/message-format.ts';
import type { ReadFormat } from '../../services/shared/message/message-stream.ts';
import { Problem } from '../../services/shared/message/problem.ts';
import { beginTrace } from '../../services/shared/message/trace.ts';
import type { Log } from '../../services/shared/observing/log.ts';
import type { Random } from '../random.ts';
import type { Defect } from './defect.ts';
import type { Http } from './http-model.ts';
import type { LoggerProcess } from './logger-process.ts';
import type { VirtualProcess } from './virtual-clock.ts';

/** What a caller is answered. */
export interface FacadeAnswer {
  readonly status: number;
  readonly uuid?: string;
  readonly logger?: string;
  readonly body?: string;
  readonly error?: string;
}

/** One process of a facade. */
export interface FacadeProcess {
  readonly name: string;
  readonly vp: VirtualProcess;
  /** Whether it knows of every logger that it is ready. */
  readonly isWell: () => boolean;
  post(uuid: string | undefined, msg: string): Promise<FacadeAnswer>;
  get(format: ReadFormat): Promise<FacadeAnswer>;
}

interface Options {
  readonly name: string;
  readonly vp: VirtualProcess;
  readonly loggers: readonly string[];
  /** The latest process of a logger. */
  readonly loggerOf: (name: string) => LoggerProcess;
  readonly http: Http;
  readonly random: Random;
  readonly log: Log;
  readonly defect: Defect;
}

/** The deadlines of services/facade/config.ts. */
const TIMES = { requestTimeoutMs: 15_000, outageTimeoutMs: 4_000, attemptTimeoutMs: 1_000, readTimeoutMs: 1_000 };

/** Opens a facade's core as services/facade/facade.ts does; it is the current process that runs it. */
export function openFacade({ name, vp, loggers, loggerOf, http, random, log, defect }: Options): FacadeProcess {
  const clients = loggers.map((logger) => createModelledLoggerClient(logger, { vp, loggerOf, http }));
  const events = createEvents();
  logEvents(events, log);
  const pool = defect.pool(createLoggerPool(clients, random.next));
  const routing = { ...TIMES, maxQueuedMessages: 4_000, pool, events, mayRetry: openRetries(events) };
  const writer = createMessageWriter(routing);
  const readMessages = defect.reads(coalesceReads(createMessageReader(routing)));
  openHealthChecks(pool, events);
  const createId = createMessageIds({ fillRandom: (bytes) => fill(bytes, random) });

  return {
    name,
    vp,
    isWell: () => pool.loggers.every((logger) => pool.healthOf(logger).ready),
    async post(own, msg) {
      const UUID = defect.uuid(own) ?? createId();
      try {
        const { outcome, logger } = await writer.write({ UUID, msg }, beginTrace());
        return { status: outcome === 'conflict' ? 409 : outcome === 'stored' ? 201 : 200, uuid: UUID, logger };
      } catch (error) {
        return refusal(error);
      }
    },
    async get(format) {
      let hasBegun = false;
      try {
        const lines = readMessages({}, new AbortController().signal, { callers: [beginTrace()] });
        const tail = async () => ({ json: { messagesService: null }, text: '\n' });
        let body = '';
        const begun = (async function* () {
          for await (const chunk of lines) {
            hasBegun = true;
            yield chunk;
          }
        })();
        for await (const piece of formatMessages(begun, format, { tail })) body += piece;
        return { status: 200, body };
      } catch (error) {
        // What is cut in the middle has no whole answer.
        return hasBegun ? { status: 0, error: 'cut short' } : refusal(error);
      }
    },
  };
}

function refusal(error: unknown): FacadeAnswer {
  const problem = toProblem(error);
  return { status: problem.status, error: problem.message.slice(0, 120) };
}

function fill(bytes: Uint8Array, random: Random): void {
  for (let at = 0; at < bytes.length; at++) bytes[at] = 256 * random.next();
}

type ClientOptions = Pick<Options, 'vp' | 'loggerOf' | 'http'>;

/** The client of a logger: what createLoggerClient does, on the modelled network. */
function createModelledLoggerClient(name: string, { vp, loggerOf, http }: ClientOptions): LoggerClient {
  const answered = (error: unknown): never => {
    if (!(error instanceof Problem)) throw error;
    if (error.status < 500) throw new RefusedError(error.message);
    throw new Error(`it answered ${error.status}: ${error.message}`);
  };
  return {
    name,
    url: `http://${name}`,
    store(messages, signal) {
      const logger = loggerOf(name);
      const plain = messages.map(({ UUID, msg }) => ({ UUID, msg }));
      return http
        .call({ client: vp, server: logger.vp, signal, serve: () => logger.store(plain) })
        .then((outcomes) => outcomes.map((outcome) => (outcome === 'full' ? noRoom() : outcome)), answered);
    },
    read(range, signal) {
      const logger = loggerOf(name);
      return http
        .stream({ client: vp, server: logger.vp, signal, serve: (left) => logger.read(range, left) })
        .catch(answered);
    },
    askHealth(signal) {
      const logger = loggerOf(name);
      return http.call({ client: vp, server: logger.vp, signal, serve: () => logger.health() });
    },
  };
}

function noRoom(): Problem {
  return new Problem('insufficient-storage', 'It is not stored.');
}
