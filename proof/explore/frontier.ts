/** The states of one depth, as words one after the other, with their numbers. */
export interface Frontier {
  readonly size: number;
  readonly words: Int32Array;
  add(words: Int32Array, number: number): void;
  numberOf(place: number): number;
}

/** Creates an empty frontier for states of so many words. */
export function createFrontier(length: number): Frontier {
  let words = new Int32Array(1024 * length);
  let numbers = new Int32Array(1024);
  let size = 0;
  return {
    get size() {
      return size;
    },
    get words() {
      return words;
    },
    add(added, number) {
      if (size === numbers.length) {
        const [more, moreNumbers] = [new Int32Array(2 * words.length), new Int32Array(2 * numbers.length)];
        more.set(words);
        moreNumbers.set(numbers);
        [words, numbers] = [more, moreNumbers];
      }
      words.set(added, size * length);
      numbers[size++] = number;
    },
    numberOf(place) {
      return numbers[place] ?? -1;
    },
  };
}
