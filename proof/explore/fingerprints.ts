const FIRST_SLOTS = 1 << 20;

/** The states seen so far, each by a fingerprint of 64 bits, with the state from which it was reached first. */
export interface Fingerprints {
  readonly size: number;
  /** Adds a state, and gives its number; -1 if it was seen before. */
  add(words: Int32Array, parent: number): number;
  /** Tells whether the state of a number has these words. */
  isOf(number: number, words: Int32Array): boolean;
  parentOf(number: number): number;
}

/** Creates an empty set, in typed arrays that grow. Two states with one fingerprint are as unlikely as in other such tools. */
export function createFingerprints(): Fingerprints {
  let highs = new Int32Array(FIRST_SLOTS);
  let lows = new Int32Array(FIRST_SLOTS);
  let parents = new Int32Array(FIRST_SLOTS);
  /** Where a fingerprint stands: its number and 1, in the first free slot from the one that its bits name. */
  let slots = new Int32Array(2 * FIRST_SLOTS);
  let size = 0;
  let high = 0;
  let low = 0;

  function hash(words: Int32Array): void {
    let one = 0x9747b28c;
    let two = 0x3c6ef372;
    for (let at = 0; at < words.length; at++) {
      const word = words[at] ?? 0;
      one = Math.imul(one ^ word, 0xcc9e2d51);
      one ^= one >>> 15;
      two = Math.imul(two + word, 0x1b873593);
      two = (two << 13) | (two >>> 19);
    }
    one = Math.imul(one ^ (one >>> 16) ^ two, 0x85ebca6b);
    two = Math.imul(two ^ (two >>> 13) ^ one, 0xc2b2ae35);
    high = one ^ (one >>> 16);
    low = two ^ (two >>> 15);
  }

  /** Gives the slot of the fingerprint hashed last, or the free one where it belongs. */
  function slotOf(): number {
    const mask = slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const number = (slots[slot] ?? 0) - 1;
      if (number === -1 || (lows[number] === low && highs[number] === high)) return slot;
    }
  }

  function grow(): void {
    [highs, lows, parents] = [longer(highs), longer(lows), longer(parents)];
    slots = new Int32Array(2 * slots.length);
    for (let number = 0; number < size; number++) {
      [high, low] = [highs[number] ?? 0, lows[number] ?? 0];
      slots[slotOf()] = number + 1;
    }
  }

  return {
    get size() {
      return size;
    },
    add(words, parent) {
      hash(words);
      if (slots[slotOf()] !== 0) return -1;
      if (size === highs.length) {
        grow();
        hash(words);
      }
      slots[slotOf()] = size + 1;
      highs[size] = high;
      lows[size] = low;
      parents[size] = parent;
      return size++;
    },
    isOf(number, words) {
      hash(words);
      return highs[number] === high && lows[number] === low;
    },
    parentOf(number) {
      return parents[number] ?? -1;
    },
  };
}

function longer(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(2 * array.length);
  copy.set(array);
  return copy;
}
