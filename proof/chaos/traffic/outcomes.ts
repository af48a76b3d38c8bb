import type { GetEvent, PostEvent, Seen } from '../history/history.ts';
import type { Answer } from './http-call.ts';

type Outcome = Pick<PostEvent, 'status' | 'malformed' | 'logger' | 'retryAfter' | 'error'> & { readonly uuid?: string };

/** What an answer to a POST says: of the UUID and the text that were sent. */
export function postOutcome({ status, body, retryAfter, error }: Answer, sent: string, text: string): Outcome {
  const hint = status === 503 || status === 507 ? { retryAfter } : {};
  if (status === 0) return { status, ...(error === undefined ? {} : { error }) };
  try {
    const { UUID, msg, logger, detail, title } = JSON.parse(body) as Readonly<Record<string, unknown>>;
    if (status >= 300) return { status, ...hint, error: String(detail ?? title).slice(0, 120) };
    if (typeof UUID !== 'string' || typeof logger !== 'string') throw new Error('UUID or logger is missing');
    if (sent !== '' && UUID !== sent) throw new Error(`it names another UUID, ${UUID}`);
    if (msg !== text) throw new Error('it has another text');
    return { status, uuid: UUID, logger };
  } catch (cause) {
    // A 2xx that does not say what it should is no acknowledgement.
    const detail = `its answer is malformed: ${messageOf(cause)}`;
    return status < 300 ? { status: 0, malformed: true, error: detail } : { status, ...hint, error: detail };
  }
}

/** What an answer to a GET says; `parse` reads its body. */
export function getOutcome(
  { status, body, retryAfter, error }: Answer,
  parse: (body: string) => Seen,
): Pick<GetEvent, 'status' | 'retryAfter' | 'error' | 'seen'> {
  if (status === 503) return { status, retryAfter };
  if (status !== 200) return { status, ...(error === undefined ? {} : { error }) };
  try {
    return { status, seen: parse(body) };
  } catch (cause) {
    return { status, error: messageOf(cause) }; // and nothing seen, which the checker takes for a violation
  }
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 120);
}
