import { forLog } from './printable.ts';

/** What can go wrong, and the HTTP status and title each is told with: the one table of it. */
const PROBLEMS = {
  malformed: [400, 'The request is malformed'],
  'foreign-origin': [403, 'The request comes from another website'],
  'not-found': [404, 'There is nothing here'],
  'method-not-allowed': [405, 'This address does not take that method'],
  'request-timeout': [408, 'The request did not arrive in time'],
  conflict: [409, 'The UUID is taken by another text'],
  'not-possible': [409, 'That cannot be done now'],
  'too-large': [413, 'The message is too large'],
  'unsupported-media-type': [415, 'The body is of a type or encoding that is not taken here'],
  misdirected: [421, 'This service does not answer to that host name'],
  'headers-too-large': [431, 'The header fields are too large'],
  internal: [500, 'Something unforeseen went wrong'],
  unavailable: [503, 'The messages cannot be stored or read at the moment'],
  'insufficient-storage': [507, 'There is no room for more messages'],
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** Finds the code that stands for an HTTP status, if one does. */
export function codeOfStatus(status: number): ProblemCode | undefined {
  return (Object.keys(PROBLEMS) as ProblemCode[]).find((code) => PROBLEMS[code][0] === status);
}

interface ProblemOptions {
  readonly cause?: unknown;
  /** Header fields to answer with, `Allow` for example. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the problem document. */
  readonly members?: Readonly<Record<string, string>>;
}

/** The one error class that callers get to see: a code, and a sentence that says what to do. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly headers: Readonly<Record<string, string>>;
  readonly members: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.headers = { ...(code === 'unavailable' ? { 'Retry-After': '1' } : {}), ...options.headers };
    this.members = options.members ?? {};
  }

  /** The HTTP status of the code. */
  get status(): number {
    return PROBLEMS[this.code][0];
  }

  /** The problem document (RFC 9457), as JSON; `example` is a line for a shell that does it right. */
  toDocument(requestId?: string, example?: string): string {
    const [status, title] = PROBLEMS[this.code];
    const type = `urn:trilog:problem:${this.code}`;
    const { code, message: detail, members } = this;
    return JSON.stringify({ type, title, status, code, detail, example, requestId, ...members });
  }
}

/** Says in a few words why something failed. */
export function reasonOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (code === 'ERR_CANCELED') return 'no answer in time';
  return forLog(String(message || code || 'no reason given'), 300); // a service that is not ours may have said it
}
