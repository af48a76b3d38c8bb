import type { Request, RequestHandler, Response } from 'express';
import { parseQuery } from '../../shared/http/form-fields.ts';
import { toLoggedProblem } from '../../shared/http/problem-answer.ts';
import { traceOf } from '../../shared/http/request-trace.ts';
import { parseUuid } from '../../shared/message/message.ts';
import { Problem } from '../../shared/message/problem.ts';
import type { Log } from '../../shared/observing/log.ts';
import type { Events } from '../events.ts';
import type { ReadMessages } from '../message-reader.ts';
import type { Feed } from './feed.ts';
import { FOLLOW_FORMATS, type FollowFormat } from './follow-format.ts';
import { createOutlet, type Outlet, TOO_SLOW } from './outlet.ts';
import { createPast } from './past.ts';

interface Options {
  readonly feed: Feed;
  readonly events: Events;
  readonly readMessages: ReadMessages;
  readonly log: Log;
  readonly maxFollowers: number;
  readonly keepAliveMs?: number;
}

/** Tells callers of messages as they are stored. */
export interface Follow {
  /** Answers `GET /?follow=1`, and passes on all others. */
  readonly show: RequestHandler;
  /** Ends all, with a line that says where to go on. */
  close(): void;
}

/** The parameter that asks for it. */
export const FOLLOW = 'follow';

/** Below the minute after which proxies give up on a silent connection. */
const KEEP_ALIVE_MS = 15_000;

/** Creates what callers follow by. */
export function createFollow(options: Options): Follow {
  const { feed, events, readMessages, log, maxFollowers, keepAliveMs = KEEP_ALIVE_MS } = options;
  const followers = new Set<AbortController>();

  async function follow(request: Request, response: Response): Promise<void> {
    const after = parseAfter(request);
    const format = request.accepts([...FOLLOW_FORMATS]) || FOLLOW_FORMATS[0];
    response.type(format).vary('Accept').set('X-Accel-Buffering', 'no');
    response.locals.route = '/?follow=1'; // for the metrics: it takes as long as its reader stays
    if (request.method === 'HEAD') return void response.end();
    if (followers.size >= maxFollowers)
      throw new Problem('unavailable', `At most ${maxFollowers} can follow at a time. Try again later.`);
    const ends = new AbortController();
    followers.add(ends);
    response.once('close', () => ends.abort());
    events.emit('followBegun');
    let problem: Problem | undefined;
    try {
      problem = await serve(response, { after, format: format as FollowFormat, ends });
    } finally {
      followers.delete(ends);
      events.emit('followEnded', problem?.message === TOO_SLOW);
    }
  }

  /** Sends messages until the follower has left, or the Problem that ended it; throws it if nothing was sent yet. */
  async function serve(
    response: Response,
    { after, format, ends }: { after: string | undefined; format: FollowFormat; ends: AbortController },
  ): Promise<Problem | undefined> {
    const { signal } = ends;
    let outlet: Outlet | undefined;
    let keepingAlive: NodeJS.Timeout | undefined;
    const past = createPast(after === undefined);
    const membership = await feed.join((told) => {
      try {
        if (past.isLive) outlet?.tell(past.isTold(told.UUID) ? [] : [told]);
        else past.hold(told);
      } catch (error) {
        ends.abort(error);
      }
    });
    try {
      signal.throwIfAborted();
      response.socket?.setKeepAlive(true, 2 * keepAliveMs); // a follower whose machine is gone is noticed
      response.flushHeaders();
      const sent = createOutlet(response, format, after ?? membership.next());
      outlet = sent;
      if (after !== undefined) {
        const chunks = readMessages({ after }, signal, { callers: [traceOf(response)] });
        const first = membership.next();
        for await (const chunk of chunks) {
          sent.tell(past.take(chunk, first, membership));
          await sent.taken(signal);
        }
        while (!past.isLive) {
          sent.tell(past.release());
          await sent.taken(signal);
        }
      }
      keepingAlive = setInterval(() => sent.keepAlive(membership.next()), keepAliveMs).unref();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      signal.throwIfAborted();
      return undefined;
    } catch (error) {
      if (response.destroyed) return undefined;
      if (outlet === undefined) throw error;
      const problem = toLoggedProblem(log, error, response);
      outlet.end(problem);
      return problem;
    } finally {
      clearInterval(keepingAlive);
      membership.leave();
    }
  }

  return {
    show: (request, response, next) => (request.query[FOLLOW] === undefined ? next() : follow(request, response)),
    close() {
      for (const ends of followers) ends.abort(new Problem('unavailable', 'The facade ends.'));
    },
  };
}

/** Where to begin; a browser that connects again names it in a header, beside the address that it had at first. */
function parseAfter(request: Request): string | undefined {
  const { follow, after } = parseQuery(request, [FOLLOW, 'after']);
  if (follow !== '1') throw new Problem('malformed', 'follow must be 1.');
  const id = request.get('Last-Event-ID');
  if (id !== undefined && id !== '') return parseUuid(id, 'Last-Event-ID');
  return after === undefined ? undefined : parseUuid(after, 'after');
}
