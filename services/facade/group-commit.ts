import { Problem } from '../shared/problem.ts';

interface Options<Item, Result> {
  /** Commits a batch; gives one result an item, in their order. */
  readonly commit: (batch: readonly Item[]) => Promise<readonly Result[]>;
  readonly bytesOf: (item: Item) => number;
  readonly maxInFlight: number;
  readonly maxBatchItems: number;
  readonly maxBatchBytes: number;
  readonly maxQueuedItems: number;
  readonly maxQueuedBytes: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Creates a function that commits items in groups, as databases commit transactions: an item that finds no batch in
 * flight goes out at once, alone; those that come meanwhile wait, and go out together as soon as there is room again.
 * No timer is involved. It throws a Problem (unavailable) when too many wait already.
 */
export function createGroupCommit<Item, Result>(options: Options<Item, Result>): (item: Item) => Promise<Result> {
  const { commit, bytesOf, maxInFlight, maxBatchItems, maxBatchBytes, maxQueuedItems, maxQueuedBytes } = options;
  const queue: Waiting<Item, Result>[] = [];
  let queuedBytes = 0;
  let inFlight = 0;

  function takeBatch(): Waiting<Item, Result>[] {
    let bytes = 0;
    let count = 0;
    for (const { item } of queue) {
      if (count > 0 && (bytes + bytesOf(item) > maxBatchBytes || count === maxBatchItems)) break;
      bytes += bytesOf(item);
      count++;
    }
    queuedBytes -= bytes;
    return queue.splice(0, count);
  }

  async function send(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await commit(batch.map(({ item }) => item));
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  function sendWaiting(): void {
    while (inFlight < maxInFlight && queue.length > 0) {
      inFlight++;
      void send(takeBatch()).then(() => {
        inFlight--;
        sendWaiting();
      });
    }
  }

  return (item) => {
    if (queue.length >= maxQueuedItems || queuedBytes + bytesOf(item) > maxQueuedBytes)
      throw new Problem('unavailable', 'Too many messages are waiting to be stored. Send it again later.');
    return new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject });
      queuedBytes += bytesOf(item);
      sendWaiting();
    });
  };
}
