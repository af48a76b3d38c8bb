/** Something that a rule found. */
export interface Finding {
  readonly rule: string;
  /** In words, with the figures and a few examples. */
  readonly detail: string;
  /** Of how many messages, requests or reads it is true. */
  readonly count: number;
  /** It is about time: a busy machine may be the cause. */
  readonly timing: boolean;
}

/** A finding, and where it was. */
export interface Violation extends Finding {
  readonly window: string;
  readonly seed: number;
}

const EXAMPLES = 5;

/** A finding that names a few examples; nothing if there are none. */
export function findingOf<T>(
  rule: string,
  what: string,
  found: readonly T[],
  show: (one: T) => string = String,
): readonly Finding[] {
  if (found.length === 0) return [];
  const examples = found.slice(0, EXAMPLES).map(show).join('; ');
  const more = found.length > EXAMPLES ? '; …' : '';
  return [{ rule, detail: `${found.length} ${what}: ${examples}${more}`, count: found.length, timing: false }];
}

/** A finding that is one sentence. */
export function finding(rule: string, detail: string, { timing = false } = {}): Finding {
  return { rule, detail, count: 1, timing };
}

/** A moment of the run, as the report's timelines name it: `80.605 s`. */
export function showMoment(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}

/** Milliseconds as they are read best: `3,012 ms`, `4.7 ms`. */
export function showMs(ms: number): string {
  return `${ms.toLocaleString('en-US', { maximumFractionDigits: ms < 10 ? 1 : 0 })} ms`;
}
