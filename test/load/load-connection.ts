import { connect, type Socket } from 'node:net';

/** What came back for one request. */
export interface LoadAnswer {
  /** 0 if the connection broke before a whole answer. */
  readonly status: number;
  readonly hasRetryAfter: boolean;
  readonly body: string;
}

/** A keep-alive connection with one request under way at most. */
export interface LoadConnection {
  /** Sends a request's bytes (latin1); `done` is called once, also if the connection breaks. Connects first if need be. */
  send(request: string, done: (answer: LoadAnswer) => void): void;
  close(): void;
}

/** The server closes a connection that is idle for 10 s if new, for 30 s if not: one that might be is not used again. */
const STALE_MS = 8_000;
const BROKEN: LoadAnswer = { status: 0, hasRetryAfter: false, body: '' };

/** Creates a connection to a server that answers with a Content-Length; it does as little for a request as it can. */
export function createLoadConnection(at: URL): LoadConnection {
  let socket: Socket | undefined;
  let usedMs = 0;
  let done: ((answer: LoadAnswer) => void) | undefined;
  let text = '';

  function finish(answer: LoadAnswer): void {
    const tell = done;
    done = undefined;
    text = '';
    usedMs = performance.now();
    tell?.(answer);
  }

  function drop(): void {
    socket?.destroy();
    socket = undefined;
    finish(BROKEN);
  }

  function take(data: string): void {
    text = text === '' ? data : text + data;
    const end = text.indexOf('\r\n\r\n');
    if (end === -1) return;
    const [, length] = /\r\ncontent-length: *(\d+)/i.exec(text) ?? [];
    if (length === undefined) drop();
    if (length === undefined || text.length < end + 4 + Number(length)) return;
    const status = Number(text.slice(9, 12));
    const head = text.slice(0, end);
    const answer = {
      status,
      hasRetryAfter: status === 503 && /\r\nretry-after:/i.test(head),
      body: text.slice(end + 4),
    };
    if (/\r\nconnection: close/i.test(head)) {
      socket?.destroy();
      socket = undefined;
    }
    finish(answer);
  }

  function open(): Socket {
    const opened = connect({ host: at.hostname, port: Number(at.port), noDelay: true });
    opened.setEncoding('latin1');
    opened.on('data', (data: string) => {
      if (socket === opened) take(data);
    });
    opened.on('error', () => {}); // 'close' comes behind it
    opened.on('close', () => {
      if (socket === opened) drop();
    });
    return opened;
  }

  return {
    send(request, tell) {
      if (socket !== undefined && performance.now() - usedMs > STALE_MS) {
        socket.destroy();
        socket = undefined;
      }
      done = tell;
      socket ??= open();
      socket.write(request, 'latin1');
    },
    close: drop,
  };
}
