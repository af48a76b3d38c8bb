import type { Check } from '../history/history.ts';
import { openSlowConnection, type SlowConnection, type SlowKind } from './slow-connection.ts';

interface Options {
  readonly count: number;
  readonly seconds: number;
  /** The server's own limits; those of services/shared/http/http-server.ts if left out. */
  readonly limits?: { readonly headersMs: number; readonly requestMs: number };
}

const LIMITS = { headersMs: 10_000, requestMs: 15_000 };
/** The server looks for slow connections once a second. */
const SLACK_MS = 2_500;
const TICK_MS = 100;
/** Each connection moves by one byte in so many ticks. */
const TICKS_A_BYTE = 5;
const PROBE_EVERY_MS = 250;
const PROBE_TIMEOUT_MS = 5_000;

/**
 * Holds slow connections open: of five, three send a header byte by byte, one a body, and one reads an answer so. Meanwhile it
 * asks the facade whether it lives. Limits that are longer than `seconds` (less some slack) are not checked.
 */
export async function holdSlowConnections(url: string, options: Options): Promise<Check[]> {
  const { count, seconds, limits = LIMITS } = options;
  const at = new URL(url);
  const kinds = ['header', 'header', 'header', 'body', 'reader'] as const;
  const start = performance.now();
  const connections = Array.from({ length: count }, (_, n) =>
    openSlowConnection(at, kinds[n % kinds.length] ?? 'header'),
  );
  // Counted when a server that is full has closed those it does not take, and before any limit ends one.
  const countAtMs = start + Math.min(limits.headersMs, 1000 * seconds) / 2;
  let openThen: number | undefined;
  let tick = 0;
  const moving = setInterval(() => {
    if (performance.now() > countAtMs) openThen ??= connections.filter(({ state }) => state().open).length;
    tick++;
    for (const [n, connection] of connections.entries())
      if (n % TICKS_A_BYTE === tick % TICKS_A_BYTE) connection.move();
  }, TICK_MS);
  const probes = await probe(at, start + 1000 * seconds);
  clearInterval(moving);
  const slowest = Math.round(Math.max(...probes.map(({ tookMs }) => tookMs)));
  const failed = probes.filter(({ live }) => !live).length;
  const checks = [
    { what: `${count} slow connections were open at a time`, held: openThen === count, found: `${openThen} were` },
    ...ended(connections, 'header', limits.headersMs, 1000 * seconds),
    ...ended(connections, 'body', limits.requestMs, 1000 * seconds),
    {
      what: 'the facade said all along that it lives',
      held: failed === 0,
      found: `${failed} of ${probes.length} times not`,
    },
    {
      what: 'it said so within a second',
      held: slowest <= 1_000,
      found: `the slowest took ${slowest} ms`,
      timing: true,
    },
  ];
  for (const connection of connections) connection.close();
  return checks;
}

async function probe(at: URL, untilMs: number): Promise<{ live: boolean; tookMs: number }[]> {
  const probes: Promise<{ live: boolean; tookMs: number }>[] = [];
  while (performance.now() < untilMs) {
    const from = performance.now();
    const answer = fetch(new URL('/health/live', at), { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    const live = answer.then(
      async (response) => response.ok && (await response.text()).includes('"live"'),
      () => false,
    );
    probes.push(live.then((isLive) => ({ live: isLive, tookMs: performance.now() - from })));
    await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
  }
  return Promise.all(probes);
}

/** Checks that the server has ended all connections of a kind within its limit, if that has passed. */
function ended(connections: readonly SlowConnection[], kind: SlowKind, limitMs: number, passedMs: number): Check[] {
  if (passedMs < limitMs + SLACK_MS) return [];
  const states = connections.filter((connection) => connection.kind === kind).map(({ state }) => state());
  const inTime = states.filter(({ endedMs }) => endedMs !== undefined && endedMs <= limitMs + SLACK_MS).length;
  const told = states.filter(({ status }) => status === 408).length;
  const others = states.filter(({ status }) => status !== undefined && status !== 408).map(({ status }) => status);
  const what = `every connection that was slow with its ${kind} was ended after ${limitMs} ms, with 408 or without an answer`;
  const found = `${inTime} of ${states.length} ended by ${limitMs + SLACK_MS} ms, ${told} with 408, ${others.length} with ${[...new Set(others)].join(', ') || 'something else'}`;
  return [{ what, held: states.length > 0 && inTime === states.length && others.length === 0, found }];
}
