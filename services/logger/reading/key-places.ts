/** Keys above `after` and, if there is one, below `before`. */
export interface Bounds {
  readonly after: string;
  readonly before?: string;
}

/** Keys begin with 48 bits of time in ms (UUID version 7, RFC 9562): where a key stands on a line from 0 to 2^48. */
export const KEY_SPACE = 2 ** 48;

/** Where a key stands: its time, if it is of version 7. */
export function placeOf(key: string): number {
  return key === '' ? 0 : Number.parseInt(key.slice(0, 8) + key.slice(9, 13), 16);
}

/** The first 13 characters of the keys at a place; it is below all of them, and no key itself. */
export function keyAt(place: number): string {
  const digits = place.toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}`;
}
