import type { ReadRange } from '../shared/message/message.ts';
import { countLines, type LineChunks } from '../shared/message/message-stream.ts';
import { Problem } from '../shared/message/problem.ts';
import { beginTrace, type TraceContext } from '../shared/message/trace.ts';
import { createSlots, pauseUntil, waitAtMost } from '../shared/timing/waiting.ts';
import type { Logger } from './events.ts';
import type { Routing } from './logger-pool.ts';
import { type Read, restOf } from './read-client.ts';

/** For whom a read is made. */
interface Origin {
  /** For how long its caller has waited already. */
  readonly waitedMs?: number;
  readonly callers?: readonly TraceContext[];
  /** Called when a logger is asked for the first time: what is acknowledged from then on may not be in it. */
  readonly onSent?: () => void;
}

/** Reads the messages of a range. */
export type ReadMessages = (range: ReadRange, signal: AbortSignal, origin?: Origin) => LineChunks;

interface ReadingLogger extends Logger {
  readonly read: Read;
}

interface Options extends Routing<ReadingLogger> {
  /** The longest that a read may take, in ms (a large one may take longer), and while no logger can be used. */
  readonly requestTimeoutMs: number;
  readonly outageTimeoutMs: number;
  /** How long one logger has to send the next chunk before another one is asked. */
  readonly readTimeoutMs: number;
}

/** One read, from its first logger to its last. */
interface Reading {
  /** What is still to be read. */
  range: ReadRange;
  readonly signal: AbortSignal;
  readonly clock: ReturnType<typeof createReadClock>;
  readonly onSent: () => void;
  isSent: boolean;
  /** It doubles after each round in which all failed: breaking off the same work again and again makes slow loggers slower. */
  timeoutMs: number;
}

/** No more than the connections to one logger, which may be the only one left: a reader that takes nothing holds one for up to 30 s. */
const MAX_OPEN_READS = 256;
/** So many wait for a logger's chunk at a time. All at once, each would outlast the patience with a logger: begun anew, and never done. */
const MAX_FETCHES = 3;
/** A large read may take longer than the usual deadline, if it has at least this pace. */
const SLOWEST_MESSAGES_PER_MS = 5;
/** How long a read waits before each further chunk while messages are being stored: who stores waits for an answer. */
const GIVE_WAY_MS = 10;
const PAUSE_MS = 100;
/** Less than UNTAKEN_MS, after which a logger cuts a reader that takes nothing: then it has not failed. */
const LONG_HELD_MS = 20_000;
const TOO_MANY = 'Too many messages are being read. Try again later.';
const NOT_READ = 'No logger could read the messages. They are not lost by this: try again.';

/**
 * Creates the function that reads messages through the loggers. When one fails in the middle, the next goes on from the last key: no gap, no
 * repeat. It throws a Problem (unavailable) if no logger can go on; the signal ends it.
 */
export function createMessageReader(options: Options): ReadMessages {
  const { pool, events, mayRetry, readTimeoutMs } = options;
  const inTurn = createSlots(MAX_FETCHES);
  let open = 0;
  /** Begins to read on through a logger; each chunk is fetched when its turn has come. */
  function readThrough(logger: ReadingLogger, reading: Reading, trace: TraceContext) {
    const { clock, signal } = reading;
    const patienceMs = pool.patienceMs(logger, reading.timeoutMs);
    const over = new AbortController();
    const ended = over.signal;
    const end = () => over.abort(signal.reason); // AbortSignal.any would leave something there (docs/decisions/failover.md)
    signal.addEventListener('abort', end);
    let chunks: AsyncIterator<Buffer> | undefined;
    async function fetchNext(): Promise<IteratorResult<Buffer>> {
      if (chunks === undefined) chunks = (await logger.read(reading.range, ended, trace))[Symbol.asyncIterator]();
      else if (pool.isStoring()) await pauseUntil([ended], GIVE_WAY_MS);
      return chunks.next();
    }
    return {
      async next(): Promise<IteratorResult<Buffer>> {
        let isFetching = false;
        const fetched = inTurn(
          () => {
            ended.throwIfAborted();
            isFetching = true;
            if (!reading.isSent) reading.onSent();
            reading.isSent = true;
            return waitAtMost(fetchNext(), Math.min(patienceMs, clock.leftMs()), ended);
          },
          reading.isSent ? 0 : 1, // those that have begun get done before more begin
        );
        try {
          return await waitAtMost(fetched, clock.leftMs(), signal);
        } catch (error) {
          if (isFetching || signal.aborted) throw error;
          throw unavailable(TOO_MANY, error);
        }
      },
      /** Ends it; what is not whole is broken off, so that its connection can be used again. */
      close(isWhole: boolean) {
        signal.removeEventListener('abort', end);
        if (!isWhole) over.abort();
      },
    };
  }

  return async function* read(range, signal, { waitedMs = 0, callers = [], onSent = () => {} } = {}) {
    if (open >= MAX_OPEN_READS) throw unavailable(TOO_MANY);
    open++;
    const clock = createReadClock(options, waitedMs);
    const reading: Reading = { range, signal, clock, onSent, isSent: false, timeoutMs: readTimeoutMs };
    let last: ReadingLogger | undefined;
    let lastError: unknown;
    events.emit('readBegun', callers);
    try {
      for (; ; await pauseUntil([signal], PAUSE_MS)) {
        let hasTried = false;
        for (const logger of pool.order()) {
          signal.throwIfAborted();
          // Safe to repeat: it only reads, and goes on where the last logger ended.
          if (clock.leftMs() === 0 || (last !== undefined && !mayRetry(1))) break;
          if (last !== undefined) events.emit('failedOver', last, 'read');
          hasTried = true;
          last = logger;
          const trace = callers.length === 1 && callers[0] !== undefined ? callers[0] : beginTrace();
          const { next, close } = readThrough(logger, reading, trace);
          const readEnds = pool.begins(logger, 'reads');
          let isWhole = false;
          let heldMs = 0;
          try {
            for (let { done, value } = await next(); !done; { done, value } = await next()) {
              // What a logger sends, it has confirmed: so the next one can go on behind it.
              reading.range = restOf(reading.range, value);
              clock.took(countLines(value));
              const yieldedMs = performance.now();
              yield value;
              heldMs = performance.now() - yieldedMs;
              clock.goesOn(); // the reader's own time does not count
            }
            isWhole = true;
            pool.succeeded(logger);
            return;
          } catch (error) {
            signal.throwIfAborted();
            if (error instanceof Problem) throw error;
            clock.failed();
            if (heldMs < LONG_HELD_MS) pool.failed(logger);
            events.emit('readFailed', logger, error, trace, callers);
            lastError = error;
          } finally {
            readEnds();
            close(isWhole);
          }
        }
        if (hasTried) reading.timeoutMs *= 2;
        signal.throwIfAborted();
        if (clock.leftMs() === 0) throw unavailable(NOT_READ, lastError);
      }
    } finally {
      open--;
    }
  };
}

/** Tells how long a read may still take. */
function createReadClock({ pool, requestTimeoutMs, outageTimeoutMs }: Options, waitedMs: number) {
  /** When the last chunk was taken, the last logger failed, or the read began, by the clock of performance.now(). */
  let sinceMs = performance.now();
  /** How long was waited in all for loggers that failed, or before it began; and for chunks that came. */
  let lostMs = waitedMs;
  let spentMs = 0;
  let count = 0;
  const takenMs = () => performance.now() - sinceMs;
  return {
    /** In ms; 0 when it is too late. Less while no logger can be used: then only their return would help. */
    leftMs() {
      const totalMs = Math.max(requestTimeoutMs, count / SLOWEST_MESSAGES_PER_MS) - spentMs;
      const mostMs = Math.min(totalMs, pool.isUsable() ? requestTimeoutMs : outageTimeoutMs);
      return Math.max(0, Math.ceil(mostMs - lostMs - takenMs()));
    },
    took(messages: number) {
      count += messages;
      spentMs += takenMs();
    },
    goesOn() {
      sinceMs = performance.now();
    },
    failed() {
      lostMs += takenMs();
      sinceMs = performance.now();
    },
  };
}

function unavailable(detail: string, cause?: unknown): Problem {
  return new Problem('unavailable', detail, { cause });
}
