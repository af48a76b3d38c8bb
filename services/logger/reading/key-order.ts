import type { Message } from '../../shared/message/message.ts';
import type { ReadRange } from '../../shared/message/message-stream.ts';
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
  return pagesInKeyOrder(queriesInKeyOrder(table, range, findings));
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
