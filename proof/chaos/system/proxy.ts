import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createRequestSplitter, type RawRequest } from './http-request.ts';

/** How a proxy treats what goes through it. */
export const BAD_MODES = ['slow', 'error', 'garbage', 'half', 'silent', 'reset'] as const;
export type BadMode = (typeof BAD_MODES)[number];
/** `cut`: nothing comes through, as where packets are dropped. */
export type Mode = 'pass' | 'cut' | BadMode;

/** A TCP proxy before one HTTP service, which can answer as badly as a service ever might. */
export interface SpoilingProxy {
  readonly url: string;
  /** How many whole requests came, by the beginning of their paths. */
  countOf(path: string): number;
  /** How often it misbehaved since its mode was last set. */
  readonly misbehaved: number;
  /** From now on: passes everything on, or treats requests badly, those for the health too or not. */
  setMode(mode: Mode, options?: { readonly healthToo: boolean }): void;
  close(): Promise<void>;
}

const SLOW_MS = 2_000;
/** So that the head of an answer and what follows it are cut together. */
const COLLECT_MS = 20;

/** Opens a proxy on a free port of loopback, before the service on another one. */
export async function openProxy(targetPort: number): Promise<SpoilingProxy> {
  let mode: Mode = 'pass';
  let healthToo = false;
  let misbehaved = 0;
  let turn = 0;
  const counts = new Map<string, number>();
  const sockets = new Set<Socket>();

  const keep = (socket: Socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  const modeFor = ({ path }: RawRequest) => (path.startsWith('/health/') && !healthToo ? 'pass' : mode);

  function serve(caller: Socket): void {
    const target = connect(targetPort, '127.0.0.1');
    keep(caller);
    keep(target);
    const split = createRequestSplitter();
    let treat: (answer: Buffer) => void = (answer) => caller.write(answer);
    /** The service is still at work for a caller that has its answer already. */
    let goesOnAlone = false;

    /** Prepares for the answer to a request, and tells whether it is to reach the service. */
    function begin(request: RawRequest): boolean {
      const chosen = modeFor(request);
      if (chosen === 'pass') {
        treat = (answer) => caller.write(answer);
        return true;
      }
      misbehaved++;
      turn++;
      switch (chosen) {
        case 'slow':
          // In order, as all are late by the same time.
          treat = (answer) => void setTimeout(() => caller.write(answer), SLOW_MS);
          return true;
        case 'half':
          treat = collect((answer) => {
            caller.write(answer.subarray(0, Math.ceil(answer.length / 2)), () => caller.resetAndDestroy());
          });
          return true;
        case 'silent':
          treat = () => {};
          return turn % 2 === 0;
        case 'cut':
          treat = () => {};
          return false;
        case 'reset':
          caller.resetAndDestroy();
          return false;
        default:
          // By turns the service does it all the same: what a bad answer is about may have happened. Its own answer must
          // not be taken for that of a later request, so the connection ends here.
          goesOnAlone = turn % 2 === 0;
          treat = () => target.destroy();
          caller.end(chosen === 'error' ? wholeAnswer(500, 'it is broken') : garbage(turn));
          return goesOnAlone;
      }
    }

    caller.on('data', (chunk) => {
      try {
        for (const request of split(chunk)) {
          const key = request.path.split('?')[0] ?? '';
          counts.set(key, (counts.get(key) ?? 0) + 1);
          if (begin(request)) target.write(request.bytes);
        }
      } catch {
        caller.resetAndDestroy();
      }
    });
    target.on('data', (answer) => treat(answer));
    // A service that is dead refuses; all that a proxy can do is to reset.
    target.on('error', () => caller.resetAndDestroy());
    target.on('end', () => (mode === 'slow' ? setTimeout(() => caller.end(), SLOW_MS) : caller.end()));
    caller.on('error', () => {}); // it closes as well
    caller.on('close', () => {
      if (!goesOnAlone) target.destroy();
    });
  }

  const server = createServer({ allowHalfOpen: false }, serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    countOf: (path) => [...counts].reduce((sum, [key, count]) => sum + (key.startsWith(path) ? count : 0), 0),
    get misbehaved() {
      return misbehaved;
    },
    setMode(next, options) {
      mode = next;
      healthToo = options?.healthToo ?? false;
      misbehaved = 0;
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

function collect(use: (answer: Buffer) => void): (answer: Buffer) => void {
  const pieces: Buffer[] = [];
  return (piece) => {
    if (pieces.push(piece) === 1) setTimeout(() => use(Buffer.concat(pieces)), COLLECT_MS);
  };
}

function wholeAnswer(status: number, body: string): string {
  return `HTTP/1.1 ${status} X\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Random bytes, or a 200 of nonsense, or one that looks almost right. */
function garbage(turn: number): string | Buffer {
  const kinds = [
    randomBytes(200),
    wholeAnswer(200, 'OK, whatever'),
    // Never as many as were asked for, or one that there is not: what is in the right form would be a lie, and no garbage.
    wholeAnswer(200, '{"outcomes":["stored","kept"],"ready":"yes"}'),
    wholeAnswer(200, '{"outcomes":{"length":1},"ready":true,"cluster":{"members":[7]}}'),
  ];
  return kinds[Math.floor(turn / 2) % kinds.length] ?? '';
}
