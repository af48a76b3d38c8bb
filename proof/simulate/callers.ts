import { createMessageIds } from '../../services/facade/message-ids.ts';
import { NDJSON, type ReadFormat } from '../../services/shared/message/message-stream.ts';
import type { Event, GetEvent, PostEvent, Seen } from '../chaos/history/history.ts';
import { parseSeen } from '../chaos/traffic/seen.ts';
import { textOf } from '../chaos/traffic/texts.ts';
import type { Random } from '../random.ts';
import { type Contests, createContests } from './contests.ts';
import type { FacadeAnswer, FacadeProcess } from './facade-process.ts';
import type { Http } from './http-model.ts';
import type { VirtualClock, VirtualProcess } from './virtual-clock.ts';

interface Options {
  readonly clock: VirtualClock;
  readonly http: Http;
  readonly random: Random;
  readonly seed: number;
  /** The process that all callers are in. */
  readonly vp: VirtualProcess;
  /** Whether reads are looked at for a second text of a UUID: it may come back by a merge, which is known. */
  readonly withOpen: boolean;
  readonly facades: readonly string[];
  /** The latest process of a facade. */
  readonly facadeOf: (name: string) => FacadeProcess;
  readonly tell: (what: () => string) => void;
}

/** Those who post and read, and the history of what they were answered. */
export interface Callers {
  readonly events: Event[];
  /** How many messages and reads have no last answer yet. */
  readonly underWay: number;
  /** UUIDs of messages that were acknowledged or read: they must not go any more. */
  readonly owed: ReadonlySet<string>;
  now(): number;
  /** Posts the next message, again and again until it is stored, a few times. */
  post(): void;
  get(): void;
  /** Has two callers send one UUID with two texts. */
  contest(): void;
  readonly contests: Pick<Contests, 'check'>;
  /** Reads everything, with UUIDs; undefined if it could not be read. */
  readAll(): Promise<Seen | undefined>;
}

const CALLER_TIMEOUT_MS = 25_000;
const MAX_TRIES = 5;
const FORMATS: Readonly<Record<GetEvent['format'], ReadFormat>> = {
  text: 'text/plain',
  json: 'application/json',
  ndjson: NDJSON,
};
const FORMAT_NAMES = ['text', 'json', 'ndjson'] as const;
const LAST_TRIES = 4;

/** Creates callers that have sent nothing yet. */
export function createCallers({ clock, http, random, seed, vp, withOpen, facades, facadeOf, tell }: Options): Callers {
  const events: Event[] = [];
  const owed = new Set<string>();
  const uuids = new Map<number, string>();
  let underWay = 0;
  let lastN = 0;
  const createUuid = createMessageIds({ fillRandom: (bytes) => fill(bytes, random) });
  const now = () => Math.round(1_000 * clock.nowMs) / 1_000;

  async function call(name: string, send: (facade: FacadeProcess) => Promise<FacadeAnswer>) {
    const facade = facadeOf(name);
    const signal = AbortSignal.timeout(CALLER_TIMEOUT_MS);
    try {
      return await http.call({ client: vp, server: facade.vp, signal, serve: () => send(facade) });
    } catch (error) {
      return { status: 0, error: error instanceof Error ? error.message : String(error) };
    }
  }

  const contests = createContests({
    random,
    facades,
    createUuid,
    async post(name, uuid, text) {
      const answer: FacadeAnswer = await call(name, (facade) => facade.post(uuid, text));
      tell(() => `POST ${text} (${uuid}): ${answer.status} ${answer.logger ?? answer.error ?? ''}`);
      return answer;
    },
  });

  async function post(n: number): Promise<void> {
    const own = random.next() < 0.6 ? createUuid() : undefined;
    const text = textOf(seed, n);
    if (own !== undefined) uuids.set(n, own);
    for (let tries = 1; ; tries++) {
      const name = random.pick(facades);
      const startMs = now();
      const answer: FacadeAnswer = await call(name, (facade) => facade.post(own, text));
      const { status, error, logger, uuid = own ?? '' } = answer;
      const event: PostEvent = {
        kind: 'post',
        n,
        uuid,
        startMs,
        endMs: now(),
        status,
        ...(logger === undefined ? {} : { logger }),
        ...(status === 503 || status === 507 ? { retryAfter: true } : {}),
        ...(error === undefined ? {} : { error }),
      };
      events.push(event);
      tell(() => `POST ${n} (${uuid}) at ${name} since ${startMs}: ${status} ${logger ?? error ?? ''}`);
      if (status >= 200 && status < 300) {
        owed.add(uuid);
        uuids.set(n, uuid);
        return;
      }
      if (own === undefined || tries >= MAX_TRIES || (status !== 0 && status !== 503)) return;
      await new Promise((go) => setTimeout(go, 300 + 700 * random.next()));
    }
  }

  async function get(format: GetEvent['format'], isLast = false): Promise<GetEvent> {
    const name = random.pick(facades);
    const startMs = now();
    const { status, body, error }: FacadeAnswer = await call(name, (facade) => facade.get(FORMATS[format]));
    const base = { kind: 'get', format, startMs, endMs: now(), status } as const;
    if (status !== 200 || body === undefined) {
      tell(() => `GET at ${name} since ${startMs}: ${status} ${error ?? ''}`);
      return {
        ...base,
        ...(status === 503 ? { retryAfter: true } : {}),
        ...(error === undefined ? {} : { error }),
      };
    }
    if (withOpen) contests.noteRead(body);
    const seen = parseSeen(format, body, { seed, firstN: 1, withUuids: isLast });
    for (const [first, last] of seen.ranges)
      for (let n = first; n <= last; n++) {
        const uuid = uuids.get(n);
        if (uuid !== undefined) owed.add(uuid);
      }
    tell(() => `GET at ${name} since ${startMs}: 200 with ${JSON.stringify(seen.ranges)}`);
    return { ...base, seen };
  }

  function track(work: Promise<void>): void {
    underWay++;
    void work.finally(() => underWay--);
  }

  return {
    events,
    owed,
    get underWay() {
      return underWay;
    },
    now,
    post: () => track(post(++lastN)),
    get: () => track(get(random.pick(FORMAT_NAMES)).then((event) => void events.push(event))),
    contest: () => track(contests.begin()),
    contests,
    async readAll() {
      for (let tries = 0; tries < LAST_TRIES; tries++) {
        const { seen } = await get('ndjson', true);
        if (seen !== undefined) return seen;
        await new Promise((go) => setTimeout(go, 1_000));
      }
      return undefined;
    },
  };
}

function fill(bytes: Uint8Array, random: Random): void {
  for (let at = 0; at < bytes.length; at++) bytes[at] = 256 * random.next();
}
