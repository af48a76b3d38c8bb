import { setTimeout as pause } from 'node:timers/promises';
import axios from 'axios';

const PATIENCE_MS = 500;
const MEMBER_TIMEOUT_MS = 20_000;
const FRESH_MS = 1_000;

/**
 * Creates a function that asks a member's own health check, at a URL, whether all entries have all their copies;
 * undefined if it does not tell within 500 ms, or the URL is not known.
 *
 * The member checks every partition with the others for this, and while one of those is frozen it holds one of the few
 * threads that its heartbeats need as well: asked twice a second, it was taken for dead by the others, and they by it.
 * So there is never more than one question under way, and the answer is kept for a second.
 */
export function createSafetyCheck(url: string | undefined): () => Promise<boolean | undefined> {
  let answer: Promise<boolean | undefined> | undefined;
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
      return undefined; // an answer in itself: the member may be gone, or a cluster of somebody else's
    } finally {
      setTimeout(() => {
        answer = undefined;
      }, FRESH_MS).unref();
    }
  }
  return async () => {
    if (url === undefined) return undefined;
    answer ??= ask();
    return Promise.race([answer, pause(PATIENCE_MS, undefined, { ref: false })]);
  };
}
