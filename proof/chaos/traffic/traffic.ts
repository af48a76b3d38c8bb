import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { v7 as createUuid } from 'uuid';
import type { Random } from '../../random.ts';
import type { GetEvent, PostEvent, Seen } from '../history/history.ts';
import type { Recorder } from '../history/recorder.ts';
import { type Call, call } from './http-call.ts';
import { getOutcome, postOutcome } from './outcomes.ts';
import { parseSeen } from './seen.ts';
import { submission } from './submission.ts';
import { textOf } from './texts.ts';

/** Above the longest that the facade may take, so that it is the facade's deadline that is seen. */
const CALLER_TIMEOUT_MS = 25_000;
/** Large reads may take longer. */
const READER_TIMEOUT_MS = 60_000;
/** More of them would make every outage a second one, of retries. */
const MAX_TRIES = 5;
const LONGEST_TRYING_MS = 30_000;
const TICK_MS = 5;

const ACCEPT = { text: 'text/plain', json: 'application/json', ndjson: 'application/x-ndjson' } as const;
const FORMATS = ['text', 'json', 'ndjson'] as const;

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
        ...postOutcome(answer, uuid, text),
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
      ...getOutcome(answer, (body) => parseSeen(format, body, { seed, firstN, withUuids: false })),
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
