import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';

/** Tells whether the process of a member may live; false only where it is known to be gone. */
export type Liveness = (name: string) => Promise<boolean>;

/** Asks which of some members may live, all at once. */
export async function whichMayLive(names: Iterable<string>, mayLive: Liveness): Promise<ReadonlySet<string>> {
  const asked = await Promise.all([...names].map(async (name) => ((await mayLive(name)) ? [name] : [])));
  return new Set(asked.flat());
}

/** A process on a machine that answers accepts or refuses far sooner. */
const SILENT_MS = 500;

/**
 * Creates a probe of members' client ports, by name. A port that refuses has no process behind it. One that is frozen, or on a
 * machine that is cut off, accepts or stays silent: then it may live. A name without an address may live as well.
 */
export function createPortLiveness(addresses: ReadonlyMap<string, string>): Liveness {
  return (name) => {
    const address = addresses.get(name);
    return address === undefined ? Promise.resolve(true) : mayListen(address);
  };
}

/**
 * Creates a probe of named pipes, one a member, in a folder that loggers share with members on the same kernel: each member's process
 * holds its own open, for reading and writing, and only its end lets go. In containers the network does not tell: the name and address of
 * one that is cut off are gone, as those of a dead one are. Without a pipe it may live.
 */
export function createPipeLiveness(folder: string): Liveness {
  return (name) => isHeld(join(folder, name)).catch(() => true);
}

async function isHeld(pipe: string): Promise<boolean> {
  await using file = await open(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  if (!(await file.stat()).isFIFO()) return true;
  try {
    // Nothing is ever written to it: it has an end where nobody may write, and else there is nothing to be had yet (EAGAIN).
    return (await file.read(Buffer.alloc(1))).bytesRead > 0;
  } catch {
    return true;
  }
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
