import type { Message } from '../shared/message.ts';
import type { ReadRange } from '../shared/message-stream.ts';
import { type Findings, lengthOf, queriesInKeyOrder, type Table } from './range-queries.ts';
import { QUERY_LENGTH } from './row-guard.ts';

/** A page is handed on when it has so many rows or characters; some queries bring less. */
const PAGE_ROWS = 500;
const PAGE_LENGTH = QUERY_LENGTH / 2;

/** Reads entries in the order of their keys, page by page, however many there are and however long; notes what it finds. */
export function readInKeyOrder(
  table: Table,
  range: ReadRange,
  findings: Findings = {},
): AsyncGenerator<readonly Message[]> {
  return oneAhead(pagesInKeyOrder(queriesInKeyOrder(table, range, findings)));
}

/** Begins with the next item while the one before is used, and no further ahead. */
async function* oneAhead<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
  let coming = items.next();
  try {
    for (let item = await coming; !item.done; item = await coming) {
      coming = items.next();
      coming.catch(() => {}); // thrown when it is waited for
      yield item.value;
    }
  } finally {
    items.return(undefined).catch(() => {}); // not waited for: its query may hang
  }
}

async function* pagesInKeyOrder(queries: AsyncIterable<readonly Message[]>): AsyncGenerator<readonly Message[]> {
  let page: Message[] = [];
  for await (const messages of queries) {
    page.push(...messages);
    if (page.length < PAGE_ROWS && lengthOf(page) < PAGE_LENGTH) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
