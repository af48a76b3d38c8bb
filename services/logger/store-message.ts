import type { Request, Response } from 'express';
import { parseFields } from '../shared/http/request-body.ts';
import { parseMessage } from '../shared/message/message.ts';
import { Problem } from '../shared/message/problem.ts';
import type { TraceContext } from '../shared/message/trace.ts';
import { noRoom, type StoreOptions } from './message-store.ts';

/** Creates the handler of `POST /database/`: the original's contract, one message. */
export function createStoreMessage({ store, maxMessageBytes, maxStoredBytes }: StoreOptions) {
  return async (request: Request, response: Response, { traceId }: TraceContext): Promise<void> => {
    // JSON alone, which no form of another website can send.
    if (!request.is('application/json'))
      throw new Problem('unsupported-media-type', 'Send the message as application/json.');
    const message = parseMessage(await parseFields(request, ['UUID', 'msg']), maxMessageBytes);
    const [outcome] = await store.store([{ ...message, traceId }]);
    if (outcome === 'conflict')
      throw new Problem('conflict', `The UUID ${message.UUID} belongs to another text already.`);
    if (outcome === 'full') throw noRoom(maxStoredBytes);
    response.type('text/plain').send('OK');
  };
}
