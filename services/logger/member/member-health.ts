import { setTimeout as pause } from 'node:timers/promises';
import axios from 'axios';

const PATIENCE_MS = 500;
const MEMBER_TIMEOUT_MS = 20_000;
const FRESH_MS = 1_000;

/** Asks whether all entries have all their copies; an answer to an earlier question than `sinceMs` (performance.now()) is none. */
export type SafetyCheck = (sinceMs?: number) => Promise<boolean | undefined>;

interface Question {
  readonly askedMs: number;
  readonly answer: Promise<boolean | undefined>;
  /** Undefined while it is under way. */
  answeredMs?: number;
}

/**
 * Creates a function that asks a member's own health check, at a URL, whether all entries have all their copies;
 * undefined if it does not tell within 500 ms, or the URL is not known.
 *
 * The member checks every partition with the others for this, and while one of those is frozen it holds one of the few
 * threads that its heartbeats need. Asked twice a second, it sent none in time, and the members gave each other up.
 * So there is never more than one question under way, and the answer is kept for a second.
 */
export function createSafetyCheck(url: string | undefined): SafetyCheck {
  let latest: Question | undefined;

  async function ask(): Promise<boolean | undefined> {
    try {
      const { data } = await axios.get<unknown>(`${url}/hazelcast/health`, {
        proxy: false,
        maxRedirects: 0,
        maxContentLength: 10_000,
        signal: AbortSignal.timeout(MEMBER_TIMEOUT_MS),
      });
      const safe = (data as { clusterSafe?: unknown } | null)?.clusterSafe;
      return typeof safe === 'boolean' ? safe : undefined;
    } catch {
      return undefined; // no answer is an answer: the member may be gone, or belong to somebody else's cluster
    }
  }

  function begin(): Question {
    const question: Question = { askedMs: performance.now(), answer: ask() };
    void question.answer.then(() => {
      question.answeredMs = performance.now();
    });
    return question;
  }

  return async (sinceMs = Number.NEGATIVE_INFINITY) => {
    if (url === undefined) return undefined;
    const isOld = ({ askedMs, answeredMs }: Question) =>
      answeredMs !== undefined && (askedMs < sinceMs || answeredMs + FRESH_MS < performance.now());
    if (latest === undefined || isOld(latest)) latest = begin();
    if (latest.askedMs < sinceMs) return undefined; // one at a time: it has to be answered first
    return Promise.race([latest.answer, pause(PATIENCE_MS, undefined, { ref: false })]);
  };
}
