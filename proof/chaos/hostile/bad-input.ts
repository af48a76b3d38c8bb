import type { Check } from '../history/history.ts';
import { badRequests } from './bad-request.ts';
import { alwaysFails, type Operation, parseOperations } from './described-operation.ts';
import { type Exchange, exchange, type RawAnswer } from './raw-exchange.ts';
import { BAD_INPUT_MARK, type BadRequest } from './request-draft.ts';

interface Options {
  readonly seed: number;
  readonly count: number;
  /** How many requests are under way at a time. */
  readonly concurrency: number;
  readonly signal?: AbortSignal;
  /** The OpenAPI description to make requests from; the facade is asked for its own if left out. */
  readonly description?: unknown;
}

/** A whole request gets its answer in this time on a system that is well. */
const ANSWER_MS = 10_000;
/** The server gives a request 15 s to arrive, and looks every second (services/shared/http/http-server.ts). */
const LIMIT_MS = 17_000;
const STATUSES_TO_REACH = [400, 403, 404, 405, 413, 415, 421, 431];

/**
 * Sends `count` bad requests, made from the seed and a description of the facade, and checks what came back.
 * Rejects if the facade cannot be asked for its description, or its pid, before.
 */
export async function sendBadInput(url: string, options: Options): Promise<Check[]> {
  const { seed, count, concurrency, signal } = options;
  const at = new URL(url);
  const describe = async () => (await fetch(new URL('/openapi.json', at))).json();
  const operations = parseOperations(options.description ?? (await describe()));
  const pidBefore = await pidOf(at);
  const findings = createFindings(operations);
  const requests = badRequests({ operations, authority: at.host, seed, count });
  const patient: Promise<void>[] = [];
  let sent = 0;
  async function sendNext(): Promise<void> {
    for (const request of requests) {
      if (signal?.aborted) return;
      const n = ++sent;
      const note = (result: Exchange) => findings.note(n, request, result);
      // One that is never finished waits for the server's time limit: others go on meanwhile.
      if (request.answers === 0 && request.ending === 'wait') patient.push(exchange(at, request, LIMIT_MS).then(note));
      else note(await exchange(at, request, request.answers === 0 ? LIMIT_MS : ANSWER_MS));
    }
  }
  await Promise.all(Array.from({ length: concurrency }, sendNext));
  await Promise.all(patient);
  const pidAfter = await pidOf(at).catch((error: Error) => error.message);
  return [
    { what: `${count} bad requests were sent`, held: sent === count, found: `${sent}, seed ${seed}` },
    ...findings.checks(),
    { what: 'the facade is the same process', held: pidAfter === pidBefore, found: `${pidBefore}, then ${pidAfter}` },
  ];
}

async function pidOf(at: URL): Promise<number> {
  const answer = await fetch(new URL('/health/live', at), { signal: AbortSignal.timeout(ANSWER_MS) });
  return ((await answer.json()) as { pid: number }).pid;
}

/** Gathers what is wrong with the answers, the first few with their requests. */
function createFindings(operations: readonly Operation[]) {
  const counts = new Map<number | string, number>();
  const failures = new Map<string, string[]>();
  const failing = operations.filter(alwaysFails).map(({ path }) => path);
  const pages = operations
    .filter(({ answerTypes }) => answerTypes['400']?.includes('text/html'))
    .map(({ path }) => path);
  const fail = (what: string, n: number, { kind, bytes }: BadRequest, found: string) => {
    const shown = JSON.stringify(bytes.toString('latin1', 0, 150));
    failures.set(what, [...(failures.get(what) ?? []), `request ${n} (${kind}) ${shown}: ${found}`]);
  };

  function note(n: number, request: BadRequest, { answers, end, tookMs }: Exchange): void {
    for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1);
    if (answers.length === 0) counts.set(end, (counts.get(end) ?? 0) + 1);
    if (end === 'timed out') fail(HUNG, n, request, `nothing after ${Math.round(tookMs)} ms`);
    if (end === 'not connected') fail(CONNECTED, n, request, end);
    if (answers.length < request.answers) fail(ANSWERED, n, request, `${answers.length} answers, ${end}`);
    const target = request.bytes.toString('latin1', 0, 20_000);
    for (const answer of answers) {
      const { status, headers, body } = answer;
      const said = `${status} ${headers.get('content-type') ?? ''} ${body.slice(0, 200)}`;
      const byDesign = failing.some((path) => target.includes(path)) && !isProblem(answer);
      if (status >= 500 && !(status === 503 && byDesign)) fail(NO_5XX, n, request, said);
      const isPage =
        pages.some((path) => target.includes(path)) && headers.get('content-type')?.startsWith('text/html');
      if (status >= 400 && status < 500 && !isProblem(answer) && !isPage) fail(PROBLEM, n, request, said);
      if (
        (status === 201 || status === 200) &&
        body.startsWith('{"UUID":') &&
        !body.includes(`"msg":"${BAD_INPUT_MARK}`)
      )
        fail(MARKED, n, request, said);
    }
  }

  function checks(): Check[] {
    const of = (what: string): Check => {
      const found = failures.get(what) ?? [];
      return {
        what,
        held: found.length === 0,
        found: found.length === 0 ? 'all were so' : [`${found.length} were not`, ...found.slice(0, 5)].join('; '),
      };
    };
    const missing = STATUSES_TO_REACH.filter((status) => !counts.has(status));
    const all = [...counts]
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
      .map(([status, count]) => `${status}: ${count}`);
    return [
      ...[NO_5XX, PROBLEM, ANSWERED, HUNG, CONNECTED, MARKED].map(of),
      { what: `${STATUSES_TO_REACH.join(', ')} were each seen`, held: missing.length === 0, found: all.join(', ') },
    ];
  }
  return { note, checks };
}

const NO_5XX = 'no answer was a 5xx, apart from pages that always are';
const PROBLEM = 'every 4xx was a problem document, or the page that is described';
const ANSWERED = 'every whole request of valid HTTP was answered';
const HUNG = 'no connection hung beyond the time limits of the server';
const CONNECTED = 'every connection was taken';
const MARKED = 'what was stored begins with the mark of this test';

function isProblem({ headers, body }: RawAnswer): boolean {
  return (
    headers.get('content-type')?.startsWith('application/problem+json') === true &&
    (body === '' || body.startsWith('{'))
  );
}
