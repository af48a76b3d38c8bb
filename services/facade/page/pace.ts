/** How many messages were acknowledged within a second, and how long half and nearly all of them took at most. */
export interface PaceSecond {
  /** Seconds since 1970. */
  readonly second: number;
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The pace of the last minutes, second by second. */
export interface Pace {
  note(tookMs: number): void;
  /** The seconds that are over, the oldest first; only those after `second`, if it is given. */
  seconds(after?: number): readonly PaceSecond[];
}

const KEPT_SECONDS = 180;

/** Creates the pace; `now` gives milliseconds since 1970. */
export function createPace(now: () => number): Pace {
  let kept: PaceSecond[] = [];
  let current = Math.floor(now() / 1_000);
  let times: number[] = [];

  /** Closes each second that is over, empty ones too. */
  function advance(): void {
    const second = Math.floor(now() / 1_000);
    if (second <= current) return;
    for (current = Math.max(current, second - KEPT_SECONDS); current < second; current++) {
      const sorted = Float64Array.from(times).sort();
      const at = (part: number) => sorted[Math.ceil(part * sorted.length) - 1] ?? 0;
      kept.push({ second: current, count: times.length, p50Ms: at(0.5), p99Ms: at(0.99) });
      times = [];
    }
    kept = kept.slice(-KEPT_SECONDS);
  }

  return {
    note(tookMs) {
      advance();
      times.push(tookMs);
    },
    seconds(after = 0) {
      advance();
      return kept.filter(({ second }) => second > after);
    },
  };
}
