interface Options<Item> {
  /** Commits a batch; each item is told its own result there. It must not reject. */
  readonly commit: (batch: readonly Item[]) => Promise<void>;
  /** Whether an item has its result already: then it is not sent. */
  readonly isAnswered: (item: Item) => boolean;
  readonly bytesOf: (item: Item) => number;
  readonly maxInFlight: number;
  /** How long the latest batch has been in flight before another one goes out beside it, in ms. */
  readonly patienceMs: number;
  readonly maxBatchItems: number;
  readonly maxBatchBytes: number;
  readonly maxQueuedItems: number;
  readonly maxQueuedBytes: number;
  /** If more than this wait for long although batches are committed, that is overload, not a stall. */
  readonly maxQueuedItemsAtWork: number;
  /** Gives milliseconds. */
  readonly now: () => number;
}

/** A queue that was filled by a stall is worked off in this time; one that stays long gets more than can be stored. */
const CATCH_UP_MS = 3_000;
/** No batch committed for so long: a stall. */
const STALL_MS = 1_000;

/** A queue that is emptied in groups. */
export interface GroupCommit<Item> {
  /** Queues an item; false if it was not, as too many wait already. */
  add(item: Item): boolean;
  /** Whether the next item would not be queued, however small. */
  isFull(): boolean;
  /** How much there is to do now. */
  load(): { readonly queuedItems: number; readonly queuedBytes: number; readonly inFlight: number };
}

/**
 * Creates a queue whose items are committed in groups, as databases commit transactions: an item that finds no batch in
 * flight goes out at once, with those that came in the same turn of the event loop; those that come meanwhile go out together
 * when it is committed, or beside it once it has taken long. One large batch costs less than three small ones at the same
 * time (docs/decisions/storing.md). Only for a batch that takes long there is a timer.
 */
export function createGroupCommit<Item>(options: Options<Item>): GroupCommit<Item> {
  const { commit, isAnswered, bytesOf, maxInFlight, patienceMs, maxBatchItems, maxBatchBytes, now } = options;
  const { maxQueuedItems, maxQueuedBytes, maxQueuedItemsAtWork } = options;
  const queue: Item[] = [];
  let queuedBytes = 0;
  let inFlight = 0;
  let latest = { sentMs: Number.NEGATIVE_INFINITY, isCommitted: true };
  let isDue = false;
  let overdue: NodeJS.Timeout | undefined;
  /** Since when the queue has been long although batches are committed. */
  let longSinceMs: number | undefined;
  let committedMs = Number.NEGATIVE_INFINITY;

  function noteCommit(): void {
    const time = now();
    const isAfterStall = time > committedMs + STALL_MS;
    committedMs = time;
    if (queue.length < maxQueuedItemsAtWork) longSinceMs = undefined;
    else if (isAfterStall || longSinceMs === undefined) longSinceMs = time;
  }

  function isOverloaded(): boolean {
    if (longSinceMs === undefined || queue.length < maxQueuedItemsAtWork) return false;
    const time = now();
    return time < committedMs + STALL_MS && time > longSinceMs + CATCH_UP_MS;
  }

  function takeBatch(): Item[] {
    let bytes = 0;
    let count = 0;
    for (const item of queue) {
      const more = bytesOf(item);
      if (count > 0 && (bytes + more > maxBatchBytes || count === maxBatchItems)) break;
      bytes += more;
      count++;
    }
    queuedBytes -= bytes;
    return queue.splice(0, count).filter((item) => !isAnswered(item));
  }

  /** One that has taken long holds up nobody: only the latest counts. */
  const mayGoOut = () => inFlight < maxInFlight && (latest.isCommitted || now() > latest.sentMs + patienceMs);

  function sendWaiting(): void {
    isDue = false;
    while (queue.length > 0 && mayGoOut()) {
      const batch = takeBatch();
      if (batch.length === 0) continue;
      inFlight++;
      const sent = { sentMs: now(), isCommitted: false };
      latest = sent;
      void commit(batch).then(() => {
        inFlight--;
        sent.isCommitted = true;
        noteCommit();
        sendWaiting();
      });
    }
    if (queue.length === 0 || inFlight === maxInFlight || overdue !== undefined) return;
    // A timer, as nothing else may happen until the latest batch has taken too long.
    const leftMs = Math.max(1, latest.sentMs + patienceMs + 1 - now());
    overdue = setTimeout(() => {
      overdue = undefined;
      sendWaiting();
    }, leftMs);
  }

  const isFull = () => queue.length >= maxQueuedItems || queuedBytes >= maxQueuedBytes || isOverloaded();
  return {
    isFull,
    load: () => ({ queuedItems: queue.length, queuedBytes, inFlight }),
    add(item) {
      const bytes = bytesOf(item);
      if (isFull() || queuedBytes + bytes > maxQueuedBytes) return false;
      queue.push(item);
      queuedBytes += bytes;
      // At the end of this turn of the event loop: callers that were answered together send their next messages together.
      if (!isDue) setImmediate(sendWaiting);
      isDue = true;
      return true;
    },
  };
}
