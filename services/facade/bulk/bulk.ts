import { MIMEType } from 'node:util';
import type { Request, RequestHandler, Response } from 'express';
import { parseQuery } from '../../shared/http/form-fields.ts';
import { toLoggedProblem } from '../../shared/http/problem-answer.ts';
import { bodyLimitBytes, decode, parseJsonFields } from '../../shared/http/request-body.ts';
import { traceOf } from '../../shared/http/request-trace.ts';
import { type Message, parseText, parseUuid } from '../../shared/message/message.ts';
import { NDJSON } from '../../shared/message/message-stream.ts';
import { Problem } from '../../shared/message/problem.ts';
import type { Log } from '../../shared/observing/log.ts';
import { pauseUntil } from '../../shared/timing/waiting.ts';
import type { Events } from '../events.ts';
import type { Write } from '../message-writer.ts';
import { parseIdempotencyKey, type SubmissionRules } from '../post-message.ts';
import { createAnswers } from './answers.ts';
import { readLines } from './body-lines.ts';

interface Options extends SubmissionRules {
  readonly write: Write;
  readonly events: Events;
  readonly log: Log;
  /** How many messages wait for a batch to go out with. */
  readonly load: () => { readonly queuedItems: number; readonly queuedBytes: number };
  /** How many requests with lines are taken at a time. */
  readonly maxBulkRequests: number;
  readonly idleMs?: number;
}

/** Takes messages line by line, in requests of any length. */
export interface Bulk {
  /** Answers `POST /` with lines, and passes on all others. */
  readonly take: RequestHandler;
  /** Takes no more lines; those taken are answered. */
  close(): void;
}

const TYPES = [NDJSON, 'application/ndjson', 'application/jsonl', 'application/x-jsonlines'];
/** One batch, by its messages or its bytes: so that one is full when it can go out, and no other caller's message waits behind more. */
const MAX_WAITING = 256;
const MAX_WAITING_BYTES = 1_048_576;
/** Less than a batch takes, so that the next one is full in time. */
const TURN_MS = 5;
const IDLE_MS = 60_000;
/** What a line of a follower has besides: it can be handed in as it is. */
const NOT_USED = ['time', 'next'];
const BLANK = /^\s*$/;

/** Creates what takes requests with lines. */
export function createBulk({ write, events, load, log, maxBulkRequests, idleMs = IDLE_MS, ...rules }: Options): Bulk {
  const maxLineBytes = bodyLimitBytes(rules.maxMessageBytes);
  const open = new Set<AbortController>();

  /** Waits until a message would not wait behind many: then each batch is full, and none of them is refused. */
  async function turn(signal: AbortSignal): Promise<void> {
    const areMany = () => {
      const { queuedItems, queuedBytes } = load();
      return queuedItems >= MAX_WAITING || queuedBytes >= MAX_WAITING_BYTES;
    };
    while (!signal.aborted && areMany()) await pauseUntil([signal], TURN_MS);
  }

  /** Has the message of a line stored, and says what became of it. */
  async function answer(bytes: Buffer | undefined, line: number, response: Response): Promise<string> {
    let UUID: string | undefined;
    try {
      if (bytes === undefined) throw new Problem('too-large', `A line must be at most ${maxLineBytes} bytes.`);
      const message = parseLine(bytes, rules);
      UUID = message.UUID;
      const { outcome, logger } = await write(message, traceOf(response));
      if (outcome === 'conflict') throw new Problem('conflict', `The UUID ${UUID} belongs to another text already.`);
      return `{"UUID":"${UUID}","status":${outcome === 'stored' ? 201 : 200},"logger":"${logger}"}\n`;
    } catch (error) {
      return problemLine(toLoggedProblem(log, error, response), line, UUID);
    }
  }

  async function takeLines(request: Request, response: Response): Promise<void> {
    const ends = new AbortController();
    open.add(ends);
    response.once('close', () => {
      open.delete(ends);
      if (!response.writableFinished) ends.abort();
    });
    const answers = createAnswers(response);
    let line = 0;
    try {
      for await (const bytes of readLines(request, { maxLineBytes, idleMs }, ends.signal)) {
        if (bytes !== undefined && bytes.length < 8 && BLANK.test(bytes.toString('latin1'))) continue;
        await Promise.all([answers.room(), turn(ends.signal)]);
        ends.signal.throwIfAborted();
        line++;
        answers.add(answer(bytes, line, response));
      }
    } catch (error) {
      if (!response.destroyed) answers.add(problemLine(toLoggedProblem(log, error, response), line + 1));
    }
    await answers.written();
    events.emit('bulkEnded', line);
    response.end();
  }

  async function take(request: Request, response: Response): Promise<void> {
    parseQuery(request, []);
    if (parseIdempotencyKey(request) !== undefined)
      throw new Problem('malformed', 'An Idempotency-Key is for one message: give each line a UUID of its own.');
    if (open.size >= maxBulkRequests)
      throw new Problem(
        'unavailable',
        `At most ${maxBulkRequests} requests with lines are taken at a time. Try later.`,
      );
    // Later than the lines that do not come: those are answered with a reason.
    response.setTimeout(1.5 * idleMs, () => response.destroy());
    request.on('late', () => {}); // see http-server.ts: the lines may take as long as they come
    events.emit('bulkBegun');
    response.locals.route = '/ (lines)'; // for the metrics: it takes as long as its lines come
    // The connection cannot be used again if lines are left in it.
    response.status(200).type(NDJSON).set({ 'X-Accel-Buffering': 'no', Connection: 'close' }).flushHeaders();
    await takeLines(request, response);
  }

  return {
    take: (request, response, next) => (hasLines(request) ? take(request, response) : next()),
    close() {
      for (const ends of open) ends.abort(new Problem('unavailable', 'The facade ends. Send the rest again.'));
    },
  };
}

function hasLines(request: Request): boolean {
  const field = request.get('Content-Type');
  if (field === undefined || !/json/i.test(field)) return false;
  try {
    const type = new MIMEType(field);
    if (!TYPES.includes(type.essence)) return false;
    if (/^utf-?8$/i.test(type.params.get('charset') ?? 'utf-8')) return true;
  } catch {
    return false;
  }
  throw new Problem('unsupported-media-type', 'Send lines as UTF-8.');
}

function parseLine(bytes: Buffer, { createId, maxMessageBytes }: SubmissionRules): Message {
  const { UUID, msg } = parseJsonFields(decode(bytes, 'utf-8'), ['UUID', 'msg', ...NOT_USED]);
  return { UUID: UUID === undefined ? createId() : parseUuid(UUID, 'UUID'), msg: parseText(msg, maxMessageBytes) };
}

/** A line that tells a problem: which line it is about, and what to do. */
function problemLine(problem: Problem, line: number, UUID?: string): string {
  return `${JSON.stringify({ line, UUID, ...JSON.parse(problem.toDocument()) })}\n`;
}
