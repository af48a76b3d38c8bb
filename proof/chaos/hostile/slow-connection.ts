import { connect } from 'node:net';

export type SlowKind = 'header' | 'body' | 'reader';

/** A connection that does as little as it can to be kept by the server. */
export interface SlowConnection {
  readonly kind: SlowKind;
  state(): {
    readonly open: boolean;
    /** When the server ended it, in ms since it was connected. */
    readonly endedMs?: number;
    /** The status of the answer, if one came. */
    readonly status?: number;
  };
  /** Sends, or takes, the next few bytes. */
  move(): void;
  close(): void;
}

const TAKEN_BYTES = 64;
const ENDLESS = 'x'.repeat(10_000);

/** Begins to connect; nothing it does throws or rejects. */
export function openSlowConnection(at: URL, kind: SlowKind): SlowConnection {
  const text = requestOf(at, kind);
  let sent = 0;
  let connectedMs: number | undefined;
  let endedMs: number | undefined;
  let open = false;
  let answer = '';
  const ended = () => {
    if (open) endedMs = performance.now() - (connectedMs ?? 0);
    open = false;
  };
  const take = (bytes: number, buffer: Uint8Array) => {
    if (answer.length < 100) answer += Buffer.from(buffer.buffer, buffer.byteOffset, bytes).toString('latin1');
    return kind !== 'reader'; // false: nothing more is taken until resume()
  };
  const socket = connect({
    host: at.hostname,
    port: Number(at.port),
    onread: { buffer: Buffer.alloc(TAKEN_BYTES), callback: take },
  });
  socket.on('connect', () => {
    connectedMs = performance.now();
    open = true;
    if (kind !== 'header') sent = text.indexOf('\r\n\r\n') + 4;
    socket.write(text.slice(0, sent));
  });
  socket.on('end', ended);
  socket.on('error', ended);
  socket.on('close', ended);
  return {
    kind,
    state: () => {
      const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(answer) ?? [];
      return {
        open,
        ...(endedMs === undefined ? {} : { endedMs }),
        ...(status === undefined ? {} : { status: Number(status) }),
      };
    },
    move() {
      if (!open) return;
      if (kind === 'reader') socket.resume();
      else if (sent < text.length) socket.write(text.slice(sent, ++sent));
    },
    close: () => socket.destroy(),
  };
}

function requestOf({ host }: URL, kind: SlowKind): string {
  const head = `Host: ${host}\r\nAccept: application/x-ndjson\r\n`;
  if (kind === 'header') return `GET /health/live HTTP/1.1\r\n${head}X: ${ENDLESS}`;
  if (kind === 'reader') return `GET / HTTP/1.1\r\n${head}\r\n`;
  // Never whole, so never stored.
  const type = `Content-Type: application/json\r\nContent-Length: ${ENDLESS.length}`;
  return `POST / HTTP/1.1\r\n${head}${type}\r\n\r\n{"msg":"bad-input:${ENDLESS}`.slice(0, -20);
}
