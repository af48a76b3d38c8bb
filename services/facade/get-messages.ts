import type { Request, Response } from 'express';
import { parseQuery } from '../shared/http/form-fields.ts';
import { chooseFormat, sendMessages } from '../shared/http/read-answer.ts';
import { NDJSON, parseReadRange, RANGE_PARAMETERS, type ReadFormat } from '../shared/message/message-stream.ts';
import { onOneLine } from '../shared/message/printable.ts';
import type { TraceContext } from '../shared/message/trace.ts';
import type { ReadMessages } from './message-reader.ts';

interface Options {
  readonly readMessages: ReadMessages;
  readonly isReadable: () => boolean;
  /** The earliest UUID that is being stored, of those above one. */
  readonly underWay: (after: string) => { earliest(): string | undefined; end(): void };
}

/** Answers with the messages that a request asks for, in a format; `tail` is what comes behind them. */
export type SendMessages = (
  exchange: {
    readonly request: Request;
    readonly response: Response;
    readonly trace: TraceContext;
    /** Parameters that others have served at this address before: whoever misspells one is told of them too. */
    readonly others?: readonly string[];
  },
  format: ReadFormat,
  tail?: Parameters<typeof sendMessages>[0]['tail'],
) => Promise<void>;

/** Stands in place of the messages service's text if that does not answer. */
export const NO_MESSAGES_SERVICE = 'Failed to connect to messages....';

/** Creates the function that answers with messages. */
export function createSendMessages({ readMessages, isReadable, underWay }: Options): SendMessages {
  return async ({ request, response, trace, others = [] }, format, tail) => {
    const range = parseReadRange(parseQuery(request, [...RANGE_PARAMETERS, ...others]));
    const open: ReadMessages = (wider, signal) => readMessages(wider, signal, { callers: [trace] });
    // A page ends before the first message that is still being stored: the next page begins behind this one, and would miss it.
    const stored = underWay(range.after ?? '');
    const common = { request, response, format, range, open, isReadable, before: stored.earliest };
    try {
      await sendMessages(tail === undefined ? common : { ...common, tail });
    } finally {
      stored.end();
    }
  };
}

/** Creates the handler of `GET /`: all messages, and the text of the messages service. */
export function createGetMessages(
  send: SendMessages,
  askMessagesService: (trace: TraceContext) => Promise<string | null>,
  others: readonly string[],
) {
  return async (request: Request, response: Response, trace: TraceContext): Promise<void> => {
    const format = chooseFormat(request);
    const exchange = { request, response, trace, others };
    if (format === NDJSON) return send(exchange, format); // NDJSON has no place for that text
    const asked = askMessagesService(trace);
    await send(exchange, format, async () => {
      const text = await asked;
      return { json: { messagesService: text }, text: `${onOneLine(text ?? NO_MESSAGES_SERVICE)}\n` };
    });
  };
}
