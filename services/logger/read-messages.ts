import type { RequestHandler } from 'express';
import { parseQuery } from '../shared/http/form-fields.ts';
import { chooseFormat, sendMessages } from '../shared/http/read-answer.ts';
import type { Message } from '../shared/message/message.ts';
import { encodeLines, MAX_LIMIT, parseReadRange, RANGE_PARAMETERS } from '../shared/message/message-stream.ts';
import type { MessageStore } from './message-store.ts';

interface Options {
  readonly store: Pick<MessageStore, 'read'>;
  /** Whether reading is likely to work. */
  readonly isReadable: () => Promise<boolean>;
}

/** Creates the handler of `GET /database/`: all messages, or a part of them, in the format that the caller likes best. */
export function createReadMessages({ store, isReadable }: Options): RequestHandler {
  return (request, response) =>
    sendMessages({
      request,
      response,
      format: chooseFormat(request),
      range: parseReadRange(parseQuery(request, RANGE_PARAMETERS), MAX_LIMIT + 1),
      open: (range, signal) => linesAhead(store.read(range, signal)),
      isReadable,
    });
}

/**
 * Encodes pages as lines. The next page is begun with while the one before is taken, and no further ahead; it waits encoded, as it
 * takes less memory so. Throws what the pages throw.
 */
export async function* linesAhead(pages: AsyncIterable<readonly Message[]>): AsyncGenerator<Buffer> {
  const iterator = pages[Symbol.asyncIterator]();
  async function next(): Promise<Buffer | undefined> {
    const page = await iterator.next();
    return page.done ? undefined : encodeLines(page.value);
  }
  let coming = next();
  try {
    for (let lines = await coming; lines !== undefined; lines = await coming) {
      coming = next();
      coming.catch(() => {}); // its error is thrown when it is awaited
      yield lines;
    }
  } finally {
    iterator.return?.().catch(() => {}); // not waited for: its query may hang
  }
}
