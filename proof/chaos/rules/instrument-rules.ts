import { isStored, type WindowTraffic } from '../history/window-traffic.ts';
import { showRequest } from './request-rules.ts';
import { type Finding, finding, findingOf } from './violation.ts';

/** The fault happened as it should. */
export function findNotHappened({ window: { notHappened } }: WindowTraffic): readonly Finding[] {
  return notHappened === undefined ? [] : [finding('not happened', `the fault did not happen: ${notHappened}`)];
}

/** What the fault itself looked at held. */
export function findNotHeld({ window: { checks = [] } }: WindowTraffic): readonly Finding[] {
  return checks
    .filter(({ held }) => !held)
    .map(({ what, found, timing = false }) => finding('check', `${what}: ${found}`, { timing }));
}

/** There was traffic to judge by, under the fault too. */
export function findNoTraffic({ window, posts, gets }: WindowTraffic): readonly Finding[] {
  const { injectedMs, healedMs, bars } = window;
  // Where nothing can be stored, requests that were all made meanwhile need not have succeeded.
  const isExplained = (requests: readonly { readonly startMs: number }[]) =>
    bars.nothingStored !== undefined &&
    requests.length > 0 &&
    requests.every(({ startMs }) => startMs >= injectedMs && startMs <= healedMs);
  // After a fault that filled the members nothing can be stored for good.
  const areFull =
    window.mayBeFull === true &&
    posts.some(({ status }) => status === 507) &&
    posts.every(({ status }) => [503, 507].includes(status));
  const missing = [
    posts.some(isStored) || isExplained(posts) || areFull ? [] : 'no POST was acknowledged',
    gets.some(({ seen }) => seen !== undefined) || isExplained(gets) ? [] : 'no GET was whole',
    posts.some(({ startMs }) => startMs >= injectedMs) ? [] : 'no POST started after the injection',
  ].flat();
  return missing.length === 0 ? [] : [finding('no traffic', `the traffic did not run: ${missing.join(', ')}`)];
}

/** Every request had ended before the window did: the final read does not speak of others. */
export function findUnfinished({ window, posts, gets }: WindowTraffic): readonly Finding[] {
  const unfinished = [...posts, ...gets].filter(({ endMs }) => endMs > window.endMs);
  return findingOf('unfinished', 'requests ended after their window, unchecked', unfinished, showRequest);
}
