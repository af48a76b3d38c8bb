import { connect } from 'node:net';

/** Tells whether the process of a member may live; false only where it is known to be gone. */
export type Liveness = (name: string) => Promise<boolean>;

/** A process on a machine that answers accepts or refuses far sooner. */
const SILENT_MS = 500;

/**
 * Creates a probe of members' client ports, by name. A port that refuses has no process behind it. One that is frozen, or on a
 * machine that is cut off, accepts or stays silent: then it may live. A name without an address may live as well.
 */
export function createLiveness(addresses: ReadonlyMap<string, string>): Liveness {
  return (name) => {
    const address = addresses.get(name);
    return address === undefined ? Promise.resolve(true) : mayListen(address);
  };
}

function mayListen(address: string): Promise<boolean> {
  const colon = address.lastIndexOf(':');
  return new Promise((resolve) => {
    const socket = connect({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)) });
    const end = (mayLive: boolean) => {
      socket.destroy();
      resolve(mayLive);
    };
    socket.setTimeout(SILENT_MS, () => end(true));
    socket.once('connect', () => end(true));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => end(code !== 'ECONNREFUSED'));
  });
}
