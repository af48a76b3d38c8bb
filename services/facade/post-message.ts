import type { Request, Response } from 'express';
import { parseFields } from '../shared/http/request-body.ts';
import { type Message, parseText, parseUuid } from '../shared/message/message.ts';
import { Problem } from '../shared/message/problem.ts';
import type { TraceContext } from '../shared/message/trace.ts';
import { parseIdempotencyKey } from './idempotency-key.ts';
import type { Write } from './message-writer.ts';

/** What a request that brings a message is checked by. */
export interface SubmissionRules {
  readonly maxMessageBytes: number;
  /** Makes a UUID for a message that came without one. */
  readonly createId: () => string;
}

interface Options extends SubmissionRules {
  readonly write: Write;
}

/** Creates the handler of `POST /`: takes a message, has it stored, and says where. */
export function createPostMessage({ write, ...rules }: Options) {
  return async (request: Request, response: Response, trace: TraceContext): Promise<void> => {
    const message = await parseSubmission(request, rules);
    const { outcome, logger } = await write(message, trace);
    if (outcome === 'conflict')
      throw new Problem('conflict', `The UUID ${message.UUID} belongs to another text already.`);
    response.status(outcome === 'stored' ? 201 : 200).json({ ...message, logger });
  };
}

/** Makes a message of a request: a UUID of its own, from `Idempotency-Key` or the field UUID, is kept. */
export async function parseSubmission(request: Request, rules: SubmissionRules): Promise<Message> {
  const { UUID, msg } = await parseFields(request, ['UUID', 'msg']);
  const key = parseIdempotencyKey(request);
  const own = UUID === undefined ? key : parseUuid(UUID, 'UUID');
  if (key !== undefined && key !== own)
    throw new Problem('malformed', 'UUID and Idempotency-Key name two different UUIDs.');
  return { UUID: own ?? rules.createId(), msg: parseText(msg, rules.maxMessageBytes) };
}
