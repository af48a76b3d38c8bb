import { createServer, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Express } from 'express';
import { Problem, type ProblemCode } from './problem.ts';

export interface HttpServer {
  readonly url: string;
  /** Stops taking connections, lets answers that are under way end for up to 5 s, then cuts them. */
  close(): Promise<void>;
}

/** Errors of Node's HTTP parser and their problems; all others mean that the request is no HTTP. */
const PARSER_PROBLEMS: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['headers-too-large', 'The header fields must be at most 16 KiB.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request-timeout', 'The whole request must arrive within 15 s.'],
};
const DRAIN_MS = 5_000;

/** Listens with an app; rejects if the port cannot be had. Slow or silent callers are cut by time limits. */
export async function listen(
  app: Express,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<HttpServer> {
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 15_000, connectionsCheckingInterval: 1_000, keepAliveTimeout: 30_000 },
    app,
  );
  server.maxConnections = 4_096;
  server.on('clientError', answerUnparsable);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 1_024 }, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        // close() waits for idle keep-alive connections too; end each as soon as it has nothing to answer.
        const idle = setInterval(() => server.closeIdleConnections(), 50);
        const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
        server.close(() => {
          clearInterval(idle);
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

function answerUnparsable(error: NodeJS.ErrnoException, socket: Socket): void {
  // bytesWritten tells that an answer has begun on this connection: another one would be taken for part of it.
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const [code, detail] =
    PARSER_PROBLEMS[error.code ?? ''] ?? (['malformed', 'This is not a valid HTTP request.'] as const);
  const problem = new Problem(code, detail);
  const body = problem.toDocument('');
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
