import type { ServerResponse } from 'node:http';

/** Sends answers in the order in which they were promised, and tells how many there may be. */
export interface Answers {
  /** Adds the promise of an answer, which must not reject. */
  add(answer: Promise<string> | string): void;
  /** Resolves when there is room for one more. */
  room(): Promise<void>;
  /** Resolves when all that were promised are written. */
  written(): Promise<void>;
}

/** More than can be stored at a time, so that lines that need no storing do not fill the memory. */
const MAX_PROMISED = 2_048;
/** A caller that reads only once it has sent everything can send some 180,000 lines. */
const MAX_UNTAKEN_BYTES = 16 * 1_048_576;

/** Creates what sends the answers of one request. What has come in one turn of the event loop is written at once. */
export function createAnswers(response: ServerResponse): Answers {
  const promised: { text: string | undefined }[] = [];
  const waiting = new Set<{ readonly isOver: () => boolean; readonly resolve: () => void }>();
  let isDue = false;

  function wake(): void {
    for (const waiter of waiting) {
      if (!waiter.isOver() && !response.destroyed) continue;
      waiting.delete(waiter);
      waiter.resolve();
    }
  }

  function until(isOver: () => boolean): Promise<void> {
    if (isOver() || response.destroyed) return Promise.resolve();
    return new Promise((resolve) => waiting.add({ isOver, resolve }));
  }

  function write(): void {
    isDue = false;
    let lines = '';
    for (let text = promised[0]?.text; text !== undefined; text = promised[0]?.text) {
      lines += text;
      promised.shift();
    }
    if (lines !== '') response.write(lines);
    wake();
  }

  response.on('drain', wake);
  response.on('close', wake);
  return {
    add(answer) {
      const slot = { text: typeof answer === 'string' ? answer : undefined };
      promised.push(slot);
      const isHere = (text: string) => {
        slot.text = text;
        if (!isDue) setImmediate(write);
        isDue = true;
      };
      if (typeof answer === 'string') isHere(answer);
      else void answer.then(isHere);
    },
    room: () => until(() => promised.length < MAX_PROMISED && response.writableLength <= MAX_UNTAKEN_BYTES),
    written: () => until(() => promised.length === 0),
  };
}
