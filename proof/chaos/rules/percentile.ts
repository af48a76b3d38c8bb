/** Sorted times of requests, for percentiles. */
export function sortedTimes(requests: readonly { readonly startMs: number; readonly endMs: number }[]): Float64Array {
  return Float64Array.from(requests, ({ startMs, endMs }) => endMs - startMs).sort();
}

/** The smallest of sorted values that at least this share of them (0 to 1) do not exceed; 0 of no values. */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
