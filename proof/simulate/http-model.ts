import type { Network } from './network.ts';
import type { VirtualClock, VirtualProcess } from './virtual-clock.ts';

/** A request that is under way. */
interface Exchange {
  readonly client: VirtualProcess;
  readonly server: VirtualProcess;
  /** The client hears that the connection broke. */
  readonly broke: () => void;
  /** The server hears that the client has left. */
  left: () => void;
}

interface Request<Answer> {
  readonly client: VirtualProcess;
  readonly server: VirtualProcess;
  /** Ends it for the client at once; the server hears of it. */
  readonly signal?: AbortSignal;
  /** Runs in the server, to its end, also if the client has left. */
  readonly serve: () => Promise<Answer>;
}

interface StreamRequest<Chunk> extends Omit<Request<never>, 'serve'> {
  /** Its signal aborts when the client has left. */
  readonly serve: (signal: AbortSignal) => AsyncGenerator<Chunk>;
}

/** Requests between processes as HTTP has them: refused, answered, broken off, or without an answer for ever. */
export interface Http {
  call<Answer>(request: Request<Answer>): Promise<Answer>;
  /** Resolves when the first chunk, or the end, has come. */
  stream<Chunk>(request: StreamRequest<Chunk>): Promise<AsyncGenerator<Chunk>>;
  /** Breaks all connections of a process that died. */
  died(process: VirtualProcess): void;
}

const REFUSED_MS = 0.5;

/** Creates it on a network. */
export function createHttp(clock: VirtualClock, network: Network): Http {
  const exchanges = new Set<Exchange>();

  /** Begins a request; `end` forgets it. */
  function begin({ client, server, signal }: Omit<Request<never>, 'serve'>, fail: (error: unknown) => void) {
    const exchange: Exchange = {
      client,
      server,
      broke: () => fail(new Error('socket hang up')),
      left: () => {},
    };
    const onAbort = () => {
      end();
      fail(signal?.reason);
      network.send(client, server, () => exchange.left());
    };
    function end(): void {
      exchanges.delete(exchange);
      signal?.removeEventListener('abort', onAbort);
    }
    signal?.addEventListener('abort', onAbort);
    exchanges.add(exchange);
    if (server.state === 'dead' && !network.isCut(client.host, server.host))
      clock.after(REFUSED_MS, client, () => fail(new Error('connect ECONNREFUSED')));
    return { end, exchange };
  }

  /** Sends an answer, or loses it. */
  function answer(request: Omit<Request<never>, 'serve'>, take: () => void, broke: () => void): void {
    const { client, server } = request;
    network.send(server, client, network.isLost(server.host) ? broke : take);
  }

  return {
    call: (request) =>
      new Promise((resolve, reject) => {
        const { client, server, serve } = request;
        const fail = (error: unknown) => {
          begun.end();
          reject(error);
        };
        if (request.signal?.aborted) return reject(request.signal.reason);
        const begun = begin(request, fail);
        network.send(client, server, () => {
          const broke = () => fail(new Error('socket hang up'));
          serve().then(
            (value) => {
              answer(
                request,
                () => {
                  begun.end();
                  resolve(value);
                },
                broke,
              );
            },
            (error) => answer(request, () => fail(error), broke),
          );
        });
      }),
    stream: (request) =>
      new Promise((resolve, reject) => {
        const { client, server, serve } = request;
        const connection = { lastMs: 0 };
        const come: IteratorResult<unknown>[] = [];
        let failure: { readonly error: unknown } | undefined;
        let wake = () => {};
        const fail = (error: unknown) => {
          begun.end();
          failure ??= { error };
          reject(error);
          wake();
        };
        if (request.signal?.aborted) return reject(request.signal.reason);
        const begun = begin(request, fail);
        async function* chunks() {
          for (;;) {
            const next = come.shift();
            if (next?.done) return;
            if (next !== undefined) yield next.value as never;
            else if (failure !== undefined) throw failure.error;
            else await new Promise<void>((go) => (wake = go));
          }
        }
        const take = (item: IteratorResult<unknown>) => () => {
          if (item.done) begun.end();
          come.push(item);
          resolve(chunks());
          wake();
        };
        network.send(client, server, async () => {
          const gone = new AbortController();
          begun.exchange.left = () => gone.abort(new Error('the client has left'));
          const items = serve(gone.signal);
          try {
            for (;;) {
              const item = await items.next();
              if (network.isLost(server.host)) throw new Error('socket hang up');
              network.send(server, client, take(item), { connection });
              if (item.done) return;
            }
          } catch (error) {
            network.send(server, client, () => fail(error), { connection });
          }
        });
      }),
    died(process) {
      for (const exchange of [...exchanges]) {
        // Those that are cut off hear nothing.
        if (exchange.server === process) network.send(systemOf(process), exchange.client, exchange.broke);
        else if (exchange.client === process) {
          exchanges.delete(exchange);
          network.send(systemOf(process), exchange.server, () => exchange.left());
        }
      }
    },
  };
}

/** The system of a process that died: it still closes its connections. */
function systemOf({ name, host }: VirtualProcess): VirtualProcess {
  return { name, host, state: 'running', skewMs: 0, frozenSinceMs: 0, held: [] };
}
