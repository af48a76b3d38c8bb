import { Problem } from '../../shared/message/problem.ts';
import { MAX_CONNECTIONS } from '../http-client.ts';
import type { ReadMessages } from './shared-reads.ts';

/**
 * Bounds how many reads are open. One whose reader takes nothing is open for up to 30 s, with a connection to a logger, a page that
 * waits there, and some hundred KB here. So there are no more than the connections to one logger, which may be the only one left.
 * Those that come then are refused with a Problem (unavailable).
 */
export function boundReads(read: ReadMessages, most = MAX_CONNECTIONS): ReadMessages {
  let open = 0;
  return async function* (range, signal, origin) {
    if (open >= most) throw new Problem('unavailable', 'Too many messages are being read. Try again later.');
    open++;
    try {
      yield* read(range, signal, origin);
    } finally {
      open--;
    }
  };
}
