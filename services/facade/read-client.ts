import type { IncomingMessage } from 'node:http';
import type { AxiosInstance } from 'axios';
import type { ReadRange } from '../shared/message/message.ts';
import { countLines, type LineChunks, lastKey, NDJSON, wholeLines } from '../shared/message/message-stream.ts';
import type { TraceContext } from '../shared/message/trace.ts';

/** Reads messages through a logger, in chunks of whole lines. An answer that is not well, or breaks off, throws an Error. */
export type Read = (range: ReadRange, signal: AbortSignal, trace: TraceContext) => Promise<LineChunks>;

/** Creates the client that reads through the logger of an HTTP client. */
export function createReadClient(http: AxiosInstance, maxLineBytes: number): Read {
  return async ({ after, limit }, signal, { traceparent }) => {
    const response = await http.get<IncomingMessage>('/database/', {
      signal,
      params: { after, limit },
      headers: { Accept: NDJSON, traceparent },
      responseType: 'stream',
      maxContentLength: -1,
    });
    try {
      if (response.status !== 200) throw new Error(`it answered ${response.status}`);
      if (!String(response.headers['content-type']).startsWith(NDJSON))
        throw new Error('it answered 200, but not with messages');
      return wholeLines(response.data, maxLineBytes);
    } catch (error) {
      response.data.destroy();
      throw error;
    }
  };
}

/** What is left of a range behind a chunk of it. */
export function restOf({ limit }: ReadRange, chunk: Buffer): ReadRange {
  return { after: lastKey(chunk), ...(limit !== undefined && { limit: limit - countLines(chunk) }) };
}
