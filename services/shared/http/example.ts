import type { Request } from 'express';

/** Lines for a shell that read, and that send, with `URL` in place of the service's address. */
export interface Examples {
  readonly read: string;
  readonly send?: string;
}

/** Creates the function that gives the line that a caller seems to want, with the address by which it called. */
export function createExampleFor(
  { read, send = read }: Examples,
  publicOrigins: readonly string[] = [],
): (request: Request) => string {
  return ({ method, headers, query, socket }) => {
    // A Host can be anything, and the line goes into a shell.
    const host = /^[\w.:[\]-]+$/.exec(headers.host ?? '')?.[0] ?? `127.0.0.1:${socket.localPort}`;
    const origin = publicOrigins.find((one) => new URL(one).host === host) ?? `http://${host}`;
    // Who names a text in the address wants to send it, whatever the method is.
    const isSending = method === 'POST' || method === 'PUT' || 'msg' in query;
    return (isSending ? send : read).replace('URL', origin);
  };
}
