import { connect } from 'node:net';
import type { BadRequest } from './request-draft.ts';

/** What one answer on a connection says of itself. */
export interface RawAnswer {
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** As much of the body as had come by the end, decoded as latin1. */
  readonly body: string;
}

/** What came back for a request. */
export interface Exchange {
  readonly answers: readonly RawAnswer[];
  /** How it ended: all answers had come, the server closed the connection, it could not be opened, or time was up. */
  readonly end: 'answered' | 'closed' | 'not connected' | 'timed out';
  readonly tookMs: number;
}

/** More than any answer that is waited for whole: metrics after thousands of requests of all kinds take 200 KB. */
const MAX_KEPT_BYTES = 2_000_000;

/**
 * Sends a request's bytes as they are on a connection of their own. It never rejects; the connection is closed once
 * as many answers have come as it should get (at least one), or after `timeoutMs`.
 */
export function exchange(url: URL, { bytes, ending, answers }: BadRequest, timeoutMs: number): Promise<Exchange> {
  return new Promise((resolve) => {
    const start = performance.now();
    let text = '';
    let connected = false;
    const isHead = bytes.toString('latin1', 0, 5) === 'HEAD ';
    const socket = connect({ host: url.hostname, port: Number(url.port), allowHalfOpen: true });
    const finish = (end: Exchange['end']) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ answers: parseAnswers(text), end, tookMs: performance.now() - start });
    };
    const timer = setTimeout(() => finish('timed out'), timeoutMs);
    socket.setEncoding('latin1');
    socket.on('connect', () => {
      connected = true;
      socket.write(bytes, () => {
        if (ending === 'half-close') socket.end();
        // An RST rather than a FIN: the server learns of it while it works.
        if (ending === 'reset') socket.resetAndDestroy();
      });
    });
    socket.on('data', (data: string) => {
      if (text.length < MAX_KEPT_BYTES) text += data;
      // Cheap before dear: most answers come in one piece.
      const soFar = parseAnswers(text);
      const last = soFar.at(-1);
      if (soFar.length >= Math.max(1, answers) && last !== undefined && isWhole(last, isHead)) finish('answered');
    });
    socket.on('end', () => finish('closed'));
    socket.on('error', () => {}); // 'close' comes behind it
    socket.on('close', () => finish(connected ? 'closed' : 'not connected'));
  });
}

/** Finds the final answers in what a connection brought; bodies here never hold a status line. */
function parseAnswers(text: string): RawAnswer[] {
  return text
    .split(/(?=HTTP\/1\.1 \d{3} [^\r\n]*\r\n)/)
    .filter((part) => part.startsWith('HTTP/1.1 ') && part.includes('\r\n\r\n'))
    .map((part) => {
      const end = part.indexOf('\r\n\r\n');
      const [, ...lines] = part.slice(0, end).split('\r\n');
      const headers = lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
      });
      return { status: Number(part.slice(9, 12)), headers: new Map(headers), body: part.slice(end + 4) };
    })
    .filter(({ status }) => status >= 200);
}

/** Whether all of a body of known length has come, so far as there is one; of others the head is enough. */
function isWhole({ headers, body, status }: RawAnswer, isHead: boolean): boolean {
  return isHead || status === 304 || body.length >= Number(headers.get('content-length') ?? 0);
}
