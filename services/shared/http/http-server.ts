import { randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Express } from 'express';
import { Problem, type ProblemCode } from '../message/problem.ts';
import { requestClasses } from './request-classes.ts';

export interface HttpServer {
  readonly url: string;
  /** Stops taking connections, lets answers that are under way end for up to 5 s, then resets what is left. */
  close(): Promise<void>;
}

/** Errors of Node's HTTP parser and their problems; all others mean that the request is no HTTP. */
const PARSER_PROBLEMS: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['headers-too-large', 'The header fields must be at most 16 KiB.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request-timeout', 'The whole request must arrive within 15 s.'],
};
const DRAIN_MS = 5_000;
/** How long a caller has to take an answer that is the connection's last. */
const LINGER_MS = 2_000;

interface Options {
  readonly host: string;
  readonly port: number;
  /** Says of a request whether it is refused before anything is done for it. */
  readonly refuse?: ((request: IncomingMessage) => Problem | undefined) | undefined;
}

/** Listens with an app; rejects if the port cannot be had. Slow or silent callers are cut by time limits. */
export async function listen(app: Express, { host, port, refuse }: Options): Promise<HttpServer> {
  const server = createServer(
    {
      ...requestClasses(app),
      headersTimeout: 10_000,
      requestTimeout: 15_000,
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: 30_000,
      requireHostHeader: false, // Node's own refusal has no body; the app has one
    },
    refuse === undefined ? app : refuseEarly(app, refuse),
  );
  server.maxConnections = 4_096;
  server.maxHeadersCount = 0; // 16 KiB are the limit: by number, Node would leave out the rest without a word
  // To be passed over (RFC 9110); Node would answer 417 without a body.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  answerUnparsable(server);
  const open = trackConnections(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 1_024 }, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        // close() waits for idle connections too; end each as soon as it has nothing to answer. Node does not take for idle what never
        // sent a byte, as browsers keep some in store.
        const idle = setInterval(() => {
          server.closeIdleConnections();
          for (const socket of open()) if (socket.bytesRead === 0) socket.destroy();
        }, 50);
        const cut = setTimeout(() => {
          for (const socket of open()) socket.resetAndDestroy();
        }, DRAIN_MS);
        server.close(() => {
          clearInterval(idle);
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

/**
 * Creates the function that gives the connections that are open. When one closes, Node.js 20 tells only the answer whose turn it is; those
 * that wait behind it are told here, or what they hold would be held for ever.
 */
function trackConnections(server: Server): () => Iterable<Socket> {
  const answers = new Map<Duplex, Set<ServerResponse>>();
  server.on('connection', (socket: Socket) => {
    const own = new Set<ServerResponse>();
    answers.set(socket, own);
    socket.once('close', () => {
      answers.delete(socket);
      process.nextTick(() => {
        for (const response of own) {
          if (response.closed) continue;
          response.destroy();
          response.emit('close');
        }
      });
    });
  });
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const own = answers.get(socket) ?? new Set();
    for (const other of own) if (other.closed) own.delete(other);
    own.add(response);
  });
  return () => answers.keys() as Iterable<Socket>;
}

/**
 * Puts a refusal before an app. A service that is offered more than it can do has to refuse for less than an answer costs, or
 * refusing is all it does: through Express, with its body read, a refusal took more CPU than a stored message
 * (docs/decisions/overload.md).
 */
function refuseEarly(app: Express, refuse: NonNullable<Options['refuse']>): RequestListener {
  return (request, response) => {
    const problem = refuse(request);
    if (problem === undefined) return app(request, response);
    const requestId = randomUUID();
    const { fields, body } = answerOf(problem, requestId);
    response.writeHead(problem.status, { ...fields, 'X-Request-Id': requestId }).end(body);
  };
}

function answerOf(problem: Problem, requestId: string) {
  const body = `${problem.toDocument(requestId)}\n`;
  const length = Buffer.byteLength(body);
  const fields = { 'Content-Type': 'application/problem+json', 'Content-Length': length, ...problem.headers };
  return { fields, body };
}

/** Answers what Node does not pass on to the app: what its parser refuses, and CONNECT. */
function answerUnparsable(server: Server): void {
  const latest = new WeakMap<Duplex, ServerResponse>();
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    latest.set(request.socket, response);
  });
  function answer(socket: Duplex, problem: Problem): void {
    const response = latest.get(socket);
    const underWay = response !== undefined && !response.closed;
    // Before an earlier request has its answer, this one would be taken for it, or for a part of it.
    if (underWay && response.req.complete) response.once('close', () => end(socket, problem));
    else if (underWay && response.headersSent) response.destroy();
    else end(socket, problem);
  }
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET') return void socket.destroy();
    // Who takes a body of any length listens to this, and sees to its time itself.
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && latest.get(socket)?.req.emit('late')) return;
    const [code, detail] =
      PARSER_PROBLEMS[error.code ?? ''] ?? (['malformed', 'This is not a valid HTTP request.'] as const);
    answer(socket, new Problem(code, detail));
  });
  server.on('connect', (_request, socket) => {
    socket.on('error', () => socket.destroy()); // nobody else listens to this socket any more
    answer(socket, new Problem('method-not-allowed', 'This is no proxy.', { headers: { Allow: '' } }));
  });
}

/** Writes an answer to the connection itself, as its last one. */
function end(socket: Duplex, problem: Problem): void {
  if (!socket.writable) return; // it had one
  const { fields, body } = answerOf(problem, '');
  const lines = Object.entries({ ...fields, Connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`);
  // Closed at once, the caller could lose the answer; not closed at all, it could hold the connection for ever.
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
