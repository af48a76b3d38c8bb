/** A whole HTTP/1.1 request as it came over a connection. */
export interface RawRequest {
  readonly path: string;
  readonly bytes: Buffer;
}

const HEAD_END = '\r\n\r\n';

/**
 * Creates a function that takes the bytes of a connection and gives each request once it is whole. It understands what
 * the facade and the callers of this instrument send: bodies have a Content-Length. Anything else throws.
 */
export function createRequestSplitter(): (chunk: Buffer) => RawRequest[] {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  /** How long the request at the front is; unknown until its head is whole. */
  let wantedBytes = 0;
  return (chunk) => {
    waiting.push(chunk);
    waitingBytes += chunk.length;
    const requests: RawRequest[] = [];
    while (waitingBytes >= Math.max(wantedBytes, 1)) {
      const all = Buffer.concat(waiting);
      waiting = [all];
      wantedBytes = lengthOf(all);
      if (wantedBytes === 0 || all.length < wantedBytes) break;
      const bytes = all.subarray(0, wantedBytes);
      requests.push({ path: bytes.toString('latin1', 0, bytes.indexOf('\r\n')).split(' ')[1] ?? '', bytes });
      waiting = [all.subarray(wantedBytes)];
      waitingBytes = all.length - wantedBytes;
      wantedBytes = 0;
    }
    return requests;
  };
}

/** The length of the request that begins here; 0 while its head is not whole. */
function lengthOf(bytes: Buffer): number {
  const end = bytes.indexOf(HEAD_END);
  if (end === -1) return 0;
  const head = bytes.toString('latin1', 0, end + HEAD_END.length);
  if (/^transfer-encoding:/im.test(head)) throw new Error('a request in chunks is not expected here');
  return head.length + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
}
