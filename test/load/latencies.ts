/** Each bucket ends so much above the one before it: the error of a percentile. */
const STEP = 1.02;
const BUCKETS = 1_000; // up to 400 s

/** Latencies of many requests in little memory, in milliseconds. */
export interface Latencies {
  add(ms: number): void;
  /** How many there are. */
  readonly count: number;
  /** The latency that this share of them (0 to 1) does not exceed, 2 % too large at most; 0 if there are none. */
  percentile(share: number): number;
}

export function createLatencies(): Latencies {
  const buckets = new Uint32Array(BUCKETS);
  let count = 0;
  return {
    add(ms) {
      const bucket = Math.ceil(Math.log(Math.max(1, 1000 * ms)) / Math.log(STEP));
      buckets[Math.min(BUCKETS - 1, bucket)] = (buckets[Math.min(BUCKETS - 1, bucket)] ?? 0) + 1;
      count++;
    },
    get count() {
      return count;
    },
    percentile(share) {
      let left = Math.ceil(share * count);
      if (left === 0) return 0;
      const bucket = buckets.findIndex((size) => {
        left -= size;
        return left <= 0;
      });
      return STEP ** bucket / 1000;
    },
  };
}
