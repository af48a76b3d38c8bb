import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { v7 as createUuid } from 'uuid';
import type { GetEvent, PostEvent, Seen } from './history.ts';
import { type Answer, type Call, call } from './http-call.ts';
import type { Random } from './random.ts';
import type { Recorder } from './recorder.ts';
import { parseSeen } from './seen.ts';
import { textOf } from './texts.ts';

/** Above the longest that the facade may take, so that it is the facade's deadline that is seen. */
const CALLER_TIMEOUT_MS = 25_000;
/** Large reads may take longer. */
const READER_TIMEOUT_MS = 60_000;
/** More of them would make every outage a second one, of retries. */
const MAX_TRIES = 5;
const LONGEST_TRYING_MS = 30_000;
const TICK_MS = 5;

export const ACCEPT = { text: 'text/plain', json: 'application/json', ndjson: 'application/x-ndjson' } as const;
const FORMATS = ['text', 'json', 'ndjson'] as const;
const FORMS = ['json', 'form', 'text'] as const;

interface Options {
  /** Each message is posted to one of them first, and again to the next; reads go to one after the other. */
  readonly urls: readonly string[];
  /** What the texts are made of. */
  readonly seed: number;
  readonly random: Random;
  readonly recorder: Recorder;
  /** True: no message is posted by itself until `goOn`. */
  readonly quiet?: boolean;
  /** POSTs a second, retries apart. */
  readonly rate: number;
  /** Reads a second, of each URL. */
  readonly readRate: number;
  /** The number of the first message. */
  readonly firstN: number;
  /** Reads begin behind this UUID, so that they do not grow with every window. */
  readonly after: string;
}

export interface Traffic {
  /** How many messages were begun. */
  readonly begun: number;
  /** Posts so many messages now, apart from the rate. */
  post(count: number): void;
  /** Posts at the rate from now on, where it was quiet until now. */
  goOn(): void;
  /** Begins no more requests, and waits for all that are under way. */
  stop(): Promise<void>;
  /** Reads everything of this traffic with UUIDs, once; throws if it cannot be read. */
  readAll(): Promise<Seen>;
}

/** Starts open-loop traffic: requests begin at their times, whether or not those before them were answered. */
export function startTraffic(options: Options): Traffic {
  const { urls, quiet = false, seed, random, recorder, rate, readRate, firstN, after } = options;
  const targets = urls.map((url) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) }));
  const targetAt = (index: number) => targets[index % targets.length] ?? { host: '', port: 0 };
  /** Which facade it was, where there are several. */
  const facadeAt = (index: number) => (targets.length > 1 ? { facade: 1 + (index % targets.length) } : {});
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 64 });
  const pending = new Set<Promise<void>>();
  const began = performance.now();
  let postsBegan = quiet ? undefined : began;
  let due = 0;
  let posts = 0;
  let gets = 0;

  async function post(n: number): Promise<void> {
    const uuid = random.next() < 0.5 ? createUuid() : '';
    const text = textOf(seed, n);
    const request = submission(text, uuid, random);
    const giveUpMs = performance.now() + LONGEST_TRYING_MS;
    for (let tries = 1; ; tries++) {
      const startMs = recorder.now();
      const at = n + tries - 1;
      const answer = await call(agent, { ...targetAt(at), ...request }, CALLER_TIMEOUT_MS);
      const event: PostEvent = {
        kind: 'post',
        n,
        ...facadeAt(at),
        uuid,
        startMs,
        endMs: recorder.now(),
        ...outcome(answer, uuid, text),
      };
      recorder.record(event);
      // Only with a UUID: it is stored once, however often it is sent.
      const mayRetry = uuid !== '' && (event.status === 0 || event.status === 503 || event.status === 507);
      if (!mayRetry || tries >= MAX_TRIES || performance.now() > giveUpMs) return;
      await pause(300 + 700 * random.next());
    }
  }

  const path = `/?after=${after}`;
  const reading = (at: number, format: GetEvent['format']): Call => ({
    ...targetAt(at),
    path,
    method: 'GET',
    headers: { Accept: ACCEPT[format] },
  });
  async function get(at: number): Promise<void> {
    const format = FORMATS[at % FORMATS.length] ?? 'text';
    const startMs = recorder.now();
    const answer = await call(agent, reading(at, format), READER_TIMEOUT_MS);
    const event = { kind: 'get', format, ...facadeAt(at), startMs, endMs: recorder.now() } as const;
    recorder.record({
      ...event,
      ...findings(answer, (body) => parseSeen(format, body, { seed, firstN, withUuids: false })),
    });
  }

  const track = (work: Promise<void>) => {
    pending.add(work);
    void work.finally(() => pending.delete(work));
  };
  const timer = setInterval(() => {
    const now = performance.now();
    for (; due < ((now - (postsBegan ?? now)) / 1_000) * rate; due++) track(post(firstN + posts++));
    while (gets < ((now - began) / 1_000) * readRate * urls.length) track(get(gets++));
  }, TICK_MS);

  return {
    get begun() {
      return posts;
    },
    post(count) {
      for (let sent = 0; sent < count; sent++) track(post(firstN + posts++));
    },
    goOn() {
      postsBegan ??= performance.now();
    },
    async stop() {
      clearInterval(timer);
      while (pending.size > 0) await Promise.all(pending);
      agent.destroy();
    },
    async readAll() {
      return readSeen(urls[0] ?? '', path, READER_TIMEOUT_MS, { seed, firstN, withUuids: true });
    },
  };
}

/** Reads the messages of a path once, as NDJSON; throws if they cannot be read within `timeoutMs`, or are not well-formed. */
export async function readSeen(
  url: string,
  path: string,
  timeoutMs: number,
  options: Parameters<typeof parseSeen>[2],
): Promise<Seen> {
  const { hostname: host, port } = new URL(url);
  const request = { host, port: Number(port), path, method: 'GET', headers: { Accept: ACCEPT.ndjson } } as const;
  const { status, body, error } = await call(new Agent(), request, timeoutMs);
  if (status !== 200) throw new Error(error ?? `GET answered ${status}: ${body.slice(0, 200)}`);
  return parseSeen('ndjson', body, options);
}

/** One of the ways to hand in a text; a UUID goes into the body or the header. */
function submission(msg: string, uuid: string, random: Random): Omit<Call, 'host' | 'port'> {
  const form = random.pick(FORMS);
  const inBody = form === 'json' && uuid !== '' && random.next() < 0.5;
  const key: Record<string, string> = uuid === '' || inBody ? {} : { 'Idempotency-Key': uuid };
  const whole = (type: string, body: string): Omit<Call, 'host' | 'port'> => ({
    path: '/',
    method: 'POST',
    headers: { ...key, 'Content-Type': type, 'Content-Length': String(Buffer.byteLength(body)) },
    body,
  });
  if (form === 'json') return whole('application/json', JSON.stringify(inBody ? { UUID: uuid, msg } : { msg }));
  if (form === 'form') return whole('application/x-www-form-urlencoded', new URLSearchParams({ msg }).toString());
  return whole('text/plain', msg);
}

type Outcome = Pick<PostEvent, 'status' | 'malformed' | 'logger' | 'retryAfter' | 'error'> & { readonly uuid?: string };

function outcome({ status, body, retryAfter, error }: Answer, sent: string, text: string): Outcome {
  const hint = status === 503 || status === 507 ? { retryAfter } : {};
  if (status === 0) return { status, ...(error === undefined ? {} : { error }) };
  try {
    const { UUID, msg, logger, detail, title } = JSON.parse(body) as Readonly<Record<string, unknown>>;
    if (status >= 300) return { status, ...hint, error: String(detail ?? title).slice(0, 120) };
    if (typeof UUID !== 'string' || typeof logger !== 'string') throw new Error('UUID or logger is missing');
    if (sent !== '' && UUID !== sent) throw new Error(`it names another UUID, ${UUID}`);
    if (msg !== text) throw new Error('it has another text');
    return { status, uuid: UUID, logger };
  } catch (cause) {
    // A 2xx that does not say what it should is no acknowledgement.
    const detail = `its answer is malformed: ${messageOf(cause)}`;
    return status < 300 ? { status: 0, malformed: true, error: detail } : { status, ...hint, error: detail };
  }
}

function findings(
  { status, body, retryAfter, error }: Answer,
  parse: (body: string) => Seen,
): Pick<GetEvent, 'status' | 'retryAfter' | 'error' | 'seen'> {
  if (status === 503) return { status, retryAfter };
  if (status !== 200) return { status, ...(error === undefined ? {} : { error }) };
  try {
    return { status, seen: parse(body) };
  } catch (cause) {
    return { status, error: messageOf(cause) }; // and nothing seen, which the checker takes for a violation
  }
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 120);
}
