import type { TraceContext } from '../shared/message/trace.ts';
import { createHttpClient } from './http-client.ts';

const TIMEOUT_MS = 1_000;
const MAX_TEXT_LENGTH = 10_000;

/** Gives the text of the messages service; null if it does not answer well. Nothing depends on it. */
export type AskMessagesService = (trace: TraceContext) => Promise<string | null>;

/** Creates the client of the messages service at a URL. */
export function createMessagesClient(url: string): AskMessagesService {
  const http = createHttpClient(url);
  return async ({ traceparent }) => {
    try {
      const { status, data } = await http.get<string>('/messages/', {
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: { traceparent },
      });
      return status === 200
        ? data
            .slice(0, MAX_TEXT_LENGTH)
            .toWellFormed()
            .replace(/\r?\n$/, '')
        : null;
    } catch {
      return null; // said to the caller as such; the service is not necessary
    }
  };
}
