import type { GetEvent, PostEvent } from '../history/history.ts';
import { sizeOf } from '../history/ranges.ts';
import type { WindowTraffic } from '../history/window-traffic.ts';
import { type Finding, findingOf, showMoment, showMs } from './violation.ts';

type Request = PostEvent | GetEvent;

/** A request in a few words. */
export function showRequest(request: Request): string {
  const { startMs, endMs, status, error } = request;
  const what = request.kind === 'post' ? `POST ${request.n}` : `GET ${request.format}`;
  const why = error === undefined ? '' : ` (${error})`;
  return `${what} at ${showMoment(startMs)}, ${status || 'no answer'}${why} after ${showMs(endMs - startMs)}`;
}

/** The facade lets a large read take as long as its messages do at this pace. */
const SLOWEST_MESSAGES_PER_MS = 5;
const ON_THE_WAY_MS = 1_000;

/** No request outlives its deadline; while the facade itself is stopped, it does not count. */
export function findLate({ window, posts, gets }: WindowTraffic, deadlineMs: number): readonly Finding[] {
  const stopped = window.facadeFrozen ?? [];
  const stoppedMs = ({ startMs, endMs, facade = 1 }: Request) =>
    stopped
      .filter(([, , which]) => which === facade)
      .reduce((sum, [fromMs, toMs]) => sum + Math.max(0, Math.min(endMs, toMs) - Math.max(startMs, fromMs)), 0);
  const mayTakeMs = (request: Request) => {
    const count = request.kind === 'get' ? sizeOf(request.seen?.ranges ?? []) : 0;
    return Math.max(deadlineMs, count / SLOWEST_MESSAGES_PER_MS + ON_THE_WAY_MS);
  };
  const late = [...posts, ...gets].filter(
    (request) => request.endMs - request.startMs - stoppedMs(request) > mayTakeMs(request),
  );
  return findingOf('deadline', `requests took more than ${showMs(deadlineMs)}`, late, showRequest);
}

/** No writer sends one UUID with two texts, so none is told so. */
export function findConflicts({ posts }: WindowTraffic): readonly Finding[] {
  const conflicts = posts.filter(({ status }) => status === 409);
  return findingOf('conflict', 'POSTs were answered 409', conflicts, showRequest);
}

const EXPECTED = { post: [0, 200, 201, 409, 503], get: [0, 200, 503] }; // 409 has a rule of its own

/** What fails, fails as 503, or 507 where the members were filled: nothing here is malformed, and a 500 is a defect. */
export function findWrongStatuses({ window: { mayBeFull }, posts, gets }: WindowTraffic): readonly Finding[] {
  const isExpected = ({ kind, status }: Request) =>
    EXPECTED[kind].includes(status) || (kind === 'post' && status === 507 && mayBeFull === true);
  const wrong = [...posts, ...gets].filter((request) => !isExpected(request));
  return findingOf('status', 'requests were answered with a status that nothing here explains', wrong, showRequest);
}

/** Every 503 says when to come again. */
export function findNoRetryAfter({ posts, gets }: WindowTraffic): readonly Finding[] {
  const wrong = [...posts, ...gets].filter(({ status, retryAfter }) => status === 503 && !retryAfter);
  return findingOf('retry-after', 'requests were answered 503 without Retry-After', wrong, showRequest);
}
