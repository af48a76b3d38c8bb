import { type Agent, request as begin } from 'node:http';

/** What a caller got: status 0 if there was no whole answer. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: boolean;
  /** What went wrong on the way. */
  readonly error?: string;
}

export interface Call {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Makes one HTTP request, once. An answer that is cut, reset or not complete is no answer, whatever status it began with;
 * nothing is ever thrown.
 */
export function call(agent: Agent, { body, ...target }: Call, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    const fail = (error: Error) => {
      clearTimeout(timer);
      resolve({ status: 0, body: '', retryAfter: false, error: error.message.slice(0, 120) });
    };
    const request = begin({ agent, ...target }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('close', () => {
        if (!response.complete) return fail(new Error('the answer was cut off'));
        clearTimeout(timer);
        const retryAfter = response.headers['retry-after'] !== undefined;
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString(), retryAfter });
      });
    });
    const timer = setTimeout(() => request.destroy(new Error(`no whole answer within ${timeoutMs} ms`)), timeoutMs);
    request.on('error', fail);
    request.end(body);
  });
}
