import type { Message } from '../../shared/message/message.ts';
import type { Log } from '../../shared/observing/log.ts';
import type { ReadBatch } from './log-survey.ts';

/** What became of a try: it is certain, or not, so that it has to be repeated, or of no use any more. */
export type PutOutcome = 'certain' | 'uncertain' | 'useless';

/** Puts messages into the map of the members, and tells how many are there. */
interface Options {
  readonly batches: AsyncIterable<ReadBatch>;
  readonly total: number;
  /** Tries once to put messages back that are known to be stored, or may be. */
  readonly put: (messages: readonly Message[], isSettled: boolean) => Promise<PutOutcome>;
  readonly log: Log;
}

/** So many go in one call, if their texts are short: it has to be far quicker than a write may be (../member/write.ts). */
const MOST_MESSAGES = 1_000;
const MOST_LENGTH = 1_048_576;
const SAY_EVERY = 100_000;

/**
 * Puts all messages of a log back; false as soon as that is of no use any more. Where members are slow, a call with many messages may never
 * be quick enough to be certain (../member/write.ts): so after each failure half as many go in the next one, and after each success twice as many.
 */
export async function refill({ batches, total, put, log }: Options): Promise<boolean> {
  let most = MOST_MESSAGES;
  let count = 0;
  for await (const { messages, isSettled } of gather(batches)) {
    for (let at = 0; at < messages.length; ) {
      const part = messages.slice(at, at + most);
      const outcome = await put(part, isSettled);
      if (outcome === 'useless') return false;
      if (outcome === 'uncertain') {
        most = Math.max(1, Math.floor(most / 2));
        continue;
      }
      most = Math.min(MOST_MESSAGES, 2 * most);
      at += part.length;
      const before = count;
      count += part.length;
      if (Math.floor(count / SAY_EVERY) > Math.floor(before / SAY_EVERY) || count === total)
        log.info(`replayed ${count.toLocaleString('en')} of ${total.toLocaleString('en')} messages`);
    }
  }
  return true;
}

/** Joins batches that follow each other, as large ones take less time each message. */
async function* gather(batches: AsyncIterable<ReadBatch>): AsyncGenerator<ReadBatch> {
  let messages: Message[] = [];
  let length = 0;
  let isSettled = true;
  for await (const batch of batches) {
    const isMore = batch.isSettled === isSettled && messages.length < MOST_MESSAGES && length < MOST_LENGTH;
    if (!isMore && messages.length > 0) {
      yield { messages, isSettled };
      messages = [];
      length = 0;
    }
    isSettled = batch.isSettled;
    messages.push(...batch.messages);
    for (const { msg } of batch.messages) length += msg.length;
  }
  if (messages.length > 0) yield { messages, isSettled };
}
