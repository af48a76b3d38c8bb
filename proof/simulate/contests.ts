import type { Check } from '../chaos/history/history.ts';
import type { Random } from '../random.ts';
import type { FacadeAnswer } from './facade-process.ts';

/** Callers who send one UUID with two texts, through two facades: only one of them may be told that it is stored. */
export interface Contests {
  begin(): Promise<void>;
  /** Notes the texts that a read shows, in NDJSON. */
  noteRead(body: string): void;
  check(): Check;
}

interface Options {
  readonly random: Random;
  readonly facades: readonly string[];
  readonly createUuid: () => string;
  readonly post: (facade: string, uuid: string, text: string) => Promise<FacadeAnswer>;
}

const TRIES = 4;
const APART_MS = 300;
/** So that the checker of histories passes them over. */
const MARK = 'load:';

/** Creates contests, of which none has begun. */
export function createContests({ random, facades, createUuid, post }: Options): Contests {
  /** The texts by UUID that were acknowledged or read. */
  const shown = new Map<string, Set<string>>();

  async function send(uuid: string, facade: string): Promise<void> {
    const text = `${MARK}${facade}`;
    await pause(APART_MS * random.next());
    for (let tries = 0; tries < TRIES; tries++) {
      const { status } = await post(facade, uuid, text);
      if (status >= 200 && status < 300) shown.get(uuid)?.add(text);
      if (status !== 0 && status !== 503) return;
      await pause(300 + 700 * random.next());
    }
  }

  return {
    async begin() {
      const uuid = createUuid();
      shown.set(uuid, new Set());
      await Promise.all(facades.map((facade) => send(uuid, facade)));
    },
    noteRead(body) {
      for (const [uuid, texts] of shown) {
        const [, text] = new RegExp(`"UUID":"${uuid}","msg":"(${MARK}[^"]*)"`).exec(body) ?? [];
        if (text !== undefined) texts.add(text);
      }
    },
    check() {
      const split = [...shown].filter(([, texts]) => texts.size > 1).map(([uuid]) => uuid);
      const what = 'no UUID has two texts that were acknowledged or read';
      return { what, held: split.length === 0, found: split.length === 0 ? 'none is' : split.join(', ') };
    },
  };
}

const pause = (ms: number) => new Promise((go) => setTimeout(go, ms));
