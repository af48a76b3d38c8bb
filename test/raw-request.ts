import { connect } from 'node:net';

/** What came back of a request that was sent as bytes. */
export interface RawAnswer {
  readonly text: string;
  /** How the connection ended: as the other side wished (`end`), or by an error, `ECONNRESET` for example. */
  readonly end: string;
}

/** Sends bytes to a service as they are, and gives all that comes back until the connection ends, or for 5 s at most. */
export function sendRaw(url: string, request: string): Promise<RawAnswer> {
  const { port, hostname } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    const done = (end: string) => {
      socket.destroy();
      resolve({ text, end });
    };
    socket.setTimeout(5_000, () => done('nothing for 5 s'));
    socket.on('data', (data) => {
      text += data;
    });
    socket.once('end', () => done('end'));
    socket.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    socket.write(request);
  });
}

/** Writes a request without a body; a header field is a line. */
export function requestLines(version: string, target: string, fields: readonly string[] = [], method = 'GET'): string {
  return [`${method} ${target} HTTP/${version}`, ...fields, 'Connection: close', '', ''].join('\r\n');
}
