import { acknowledgedMs, isStored, type WindowTraffic } from '../history/window-traffic.ts';
import { percentile, sortedTimes } from './percentile.ts';
import { showRequest } from './request-rules.ts';
import { type Finding, finding, findingOf, showMs } from './violation.ts';

/** The rate is judged over one such stretch after the other: over all of it, a burst of late answers would hide a pause. */
const STRETCH_MS = 2_000;
const P99_AFTER_MS = 1_000;
const P99_SLACK_MS = 25;

/** At most so many messages and reads failed. */
export function findFailed({ window, gets, messages }: WindowTraffic): readonly Finding[] {
  const { failed } = window.bars;
  if (failed === undefined) return [];
  const all = [
    ...messages.filter(({ acknowledged }) => acknowledged.length === 0).map(({ n }) => `message ${n}`),
    ...gets.filter(({ status }) => status !== 200).map(showRequest),
  ];
  return all.length <= failed ? [] : findingOf('failed', `requests failed, at most ${failed} may`, all);
}

/** No POST and no GET took longer than the bar. */
export function findSlow({ window: { bars }, posts, gets }: WindowTraffic): readonly Finding[] {
  return [
    { kind: 'POST', bar: bars.slowestPostMs, requests: posts },
    { kind: 'GET', bar: bars.slowestGetMs, requests: gets },
  ].flatMap(({ kind, bar = Number.POSITIVE_INFINITY, requests }) => {
    const slow = requests
      .filter(({ startMs, endMs }) => endMs - startMs > bar)
      .sort((a, b) => b.endMs - b.startMs - (a.endMs - a.startMs));
    const what = `${kind}s took more than ${showMs(bar)}`;
    return findingOf('slowest', what, slow, showRequest).map((found) => ({ ...found, timing: true }));
  });
}

/** Who is refused because of a fault is told in time. */
export function findLateRefusals({ window, posts, gets }: WindowTraffic): readonly Finding[] {
  const { bars, injectedMs, healedMs } = window;
  const { refusedWithinMs } = bars;
  if (refusedWithinMs === undefined) return [];
  const refused = [...posts, ...gets].filter(
    ({ startMs, status }) => status === 503 && startMs >= injectedMs && startMs < healedMs,
  );
  if (refused.length === 0) return [finding('late refusal', 'no request was refused while the fault was there')];
  const late = refused.filter(({ startMs, endMs }) => endMs - startMs > refusedWithinMs);
  const what = `requests were answered 503 after more than ${showMs(refusedWithinMs)}`;
  return findingOf('late refusal', what, late, showRequest).map((found) => ({ ...found, timing: true }));
}

/** While nothing can be stored, every POST is told so. */
export function findStoredNonetheless({ window, posts }: WindowTraffic): readonly Finding[] {
  const { bars, injectedMs, healedMs } = window;
  if (bars.nothingStored === undefined) return [];
  const fromMs = injectedMs + bars.nothingStored.graceMs;
  const during = posts.filter(({ startMs }) => startMs >= fromMs && startMs < healedMs);
  if (during.length === 0) return [finding('nothing stored', 'no POST was made while nothing could be stored')];
  const wrong = during.filter((post) => {
    const mayBeStored = post.endMs > healedMs; // it was still waiting when the fault was healed
    return post.status !== 503 && !(mayBeStored && isStored(post));
  });
  return findingOf('nothing stored', 'POSTs were not answered 503 while nothing could be stored', wrong, showRequest);
}

/** From some time after the injection on, at least half as many messages a second are stored as before it. */
export function findLowRate({ window, posts, messages }: WindowTraffic): readonly Finding[] {
  const { bars, injectedMs } = window;
  if (bars.halfRateWithinMs === undefined) return [];
  const times = messages.map((message) => acknowledgedMs(message));
  const perSecond = (fromMs: number, toMs: number) =>
    (1000 * times.filter((ms) => ms >= fromMs && ms < toMs).length) / (toMs - fromMs);
  const firstMs = posts[0]?.startMs ?? injectedMs;
  const lastMs = posts.at(-1)?.startMs ?? injectedMs;
  const before = firstMs < injectedMs ? perSecond(firstMs, injectedMs) : 0;
  const stretches = [];
  for (let fromMs = injectedMs + bars.halfRateWithinMs; fromMs + STRETCH_MS <= lastMs; fromMs += STRETCH_MS) {
    stretches.push({ fromMs, rate: perSecond(fromMs, fromMs + STRETCH_MS) });
  }
  if (before === 0 || stretches.length === 0) {
    return [finding('rate', 'the traffic was too short to compare its rate after the fault with the one before')];
  }
  const low = stretches.filter(({ rate }) => rate < before / 2);
  const what = `stretches of ${STRETCH_MS / 1000} s stored less than half of the ${before.toFixed(1)} a second before`;
  return findingOf(
    'rate',
    what,
    low,
    ({ fromMs, rate }) => `${rate.toFixed(1)} a second, ${showMs(fromMs - injectedMs)} after the injection`,
  ).map((found) => ({ ...found, timing: true }));
}

/** From the second second after the injection on, the p99 of POSTs is about what it was before. */
export function findHighP99({ window, posts }: WindowTraffic): readonly Finding[] {
  const { bars, injectedMs } = window;
  if (bars.p99Ratio === undefined) return [];
  const earlier = posts.filter(({ startMs }) => startMs < injectedMs);
  const later = posts.filter(({ startMs }) => startMs >= injectedMs + P99_AFTER_MS);
  if (earlier.length === 0 || later.length === 0) {
    return [finding('p99', 'the traffic was too short to compare its p99 after the fault with the one before')];
  }
  const before = percentile(sortedTimes(earlier), 0.99);
  const after = percentile(sortedTimes(later), 0.99);
  if (after <= Math.max(bars.p99Ratio * before, before + P99_SLACK_MS)) return [];
  const detail = `p99 of POSTs was ${showMs(after)} under the fault, ${showMs(before)} before it`;
  return [
    finding('p99', `${detail}; at most ${bars.p99Ratio} times that or ${P99_SLACK_MS} ms more`, { timing: true }),
  ];
}

/** All was ready again, and in time. */
export function findNotReady({ window: { bars, healedMs, readyMs } }: WindowTraffic): readonly Finding[] {
  if (readyMs === undefined) return [finding('ready', 'it was never ready again')];
  if (bars.readyWithinMs === undefined) return [];
  const tookMs = readyMs - healedMs;
  if (tookMs <= bars.readyWithinMs) return [];
  const detail = `ready again ${showMs(tookMs)} after healing, at most ${showMs(bars.readyWithinMs)}`;
  return [finding('ready', detail, { timing: true })];
}
