import axios from 'axios';

/**
 * Asks a member's own health check, on its client port, whether all entries have all their copies.
 * Undefined if it does not tell within 500 ms, or has its health check switched off.
 */
export async function askSafe(memberAddress: string): Promise<boolean | undefined> {
  try {
    const { data } = await axios.get<unknown>(`http://${memberAddress}/hazelcast/health`, {
      proxy: false,
      maxRedirects: 0,
      maxContentLength: 10_000,
      signal: AbortSignal.timeout(500),
    });
    const safe = (data as { clusterSafe?: unknown } | null)?.clusterSafe;
    return typeof safe === 'boolean' ? safe : undefined;
  } catch {
    return undefined; // an answer in itself: the member may be busy, or a cluster of somebody else's
  }
}
