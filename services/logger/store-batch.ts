import type { Request, Response } from 'express';
import { parseJsonBody } from '../shared/http/request-body.ts';
import { parseMembers, parseMessage } from '../shared/message/message.ts';
import { Problem } from '../shared/message/problem.ts';
import { parseTraceparent, type TraceContext } from '../shared/message/trace.ts';
import { noRoom, type ReceivedMessage, type StoreOptions } from './message-store.ts';

/** Limits of one batch. The facade's are smaller; these are for everybody else. */
const MAX_MESSAGES = 1_000;
export const MAX_BATCH_TEXT_BYTES = 4 * 1_048_576;

/** Creates the handler of `POST /database/batch`: many messages in one request, each with its own outcome. */
export function createStoreBatch({ store, maxMessageBytes, maxStoredBytes }: StoreOptions) {
  return async (request: Request, response: Response, trace: TraceContext): Promise<void> => {
    const { messages } = parseMembers(parseJsonBody(request), ['messages']);
    if (!Array.isArray(messages) || messages.length < 1 || messages.length > MAX_MESSAGES)
      throw new Problem('malformed', `messages must be an array of 1 to ${MAX_MESSAGES} messages.`);
    const received = messages.map((message) => parseReceived(message, maxMessageBytes, trace));
    const bytes = received.reduce((sum, { msg }) => sum + Buffer.byteLength(msg), 0);
    if (bytes > MAX_BATCH_TEXT_BYTES)
      throw new Problem('too-large', `The texts of a batch must be at most ${MAX_BATCH_TEXT_BYTES} bytes of UTF-8.`);
    const outcomes = await store.store(received);
    response.json(outcomes.includes('full') ? { outcomes, detail: noRoom(maxStoredBytes).message } : { outcomes });
  };
}

/** Checks one message. A `traceparent` that is none is passed over, as one in a header is: the batch's trace stands in. */
function parseReceived(value: unknown, maxBytes: number, batchTrace: TraceContext): ReceivedMessage {
  const { traceparent, ...message } = parseMembers(value, ['UUID', 'msg', 'traceparent']);
  const { traceId } = parseTraceparent(traceparent) ?? batchTrace;
  return { ...parseMessage(message, maxBytes), traceId };
}
