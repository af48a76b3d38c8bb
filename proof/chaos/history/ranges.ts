/** Whole numbers as sorted ranges with both ends, none of which touch: [[1, 20], [22, 22]]. */
export type Ranges = readonly (readonly [first: number, last: number])[];

/** Makes ranges of numbers in ascending order; the same number may come more than once. */
export function toRanges(ascending: Iterable<number>): Ranges {
  const ranges: [number, number][] = [];
  let current: [number, number] | undefined;
  for (const n of ascending) {
    if (current !== undefined && n <= current[1] + 1) {
      current[1] = n;
    } else {
      current = [n, n];
      ranges.push(current);
    }
  }
  return ranges;
}

/** How many numbers the ranges have. */
export function sizeOf(ranges: Ranges): number {
  return ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

/** Says of each of ascending `numbers`, by its index, whether the ranges have it: one pass over both. */
export function walk(ranges: Ranges, numbers: readonly number[], visit: (index: number, has: boolean) => void): void {
  let at = 0;
  let range = ranges[0];
  for (let index = 0; index < numbers.length; index++) {
    const n = numbers[index] ?? 0;
    while (range !== undefined && range[1] < n) range = ranges[++at];
    visit(index, range !== undefined && range[0] <= n);
  }
}
