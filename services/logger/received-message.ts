import { type Message, parseMembers, parseMessage } from '../shared/message/message.ts';
import { parseTraceparent, type TraceContext } from '../shared/message/trace.ts';

/** A message that came in a batch, and the trace that it belongs to. */
export interface ReceivedMessage {
  readonly message: Message;
  readonly trace: TraceContext;
}

/** Checks one message of a batch. A `traceparent` that is none is passed over, as one in a header is: the batch's trace stands in. */
export function parseReceived(value: unknown, maxBytes: number, batchTrace: TraceContext): ReceivedMessage {
  const { traceparent, ...message } = parseMembers(value, ['UUID', 'msg', 'traceparent']);
  return { message: parseMessage(message, maxBytes), trace: parseTraceparent(traceparent) ?? batchTrace };
}
