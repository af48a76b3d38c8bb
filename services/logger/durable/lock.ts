import { rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Problem } from '../../shared/message/problem.ts';

/** Another one that found the same stale lock has removed ours by then. */
const CONTEST_MS = 100;

/**
 * Takes a folder for this process alone: listens on a socket in it, which no second process can, and which refuses connections when
 * its process is dead, also in another container. Throws a Problem if another process has it, or what the system says.
 */
export async function lockFolder(folder: string): Promise<{ close(): Promise<void> }> {
  const path = shorter(join(folder, 'lock'));
  let server = await listenOn(path);
  if (server === undefined) {
    if (await isAnswered(path)) throw taken(folder);
    rmSync(path, { force: true });
    server = await listenOn(path);
    if (server === undefined) throw taken(folder);
    const { ino } = statSync(path);
    await pause(CONTEST_MS);
    if (statSync(path, { throwIfNoEntry: false })?.ino !== ino) {
      server.close();
      throw taken(folder);
    }
  }
  const held = server.unref();
  return { close: () => new Promise((resolve) => held.close(() => resolve())) };
}

/** The path of a socket has 107 bytes at most. */
function shorter(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.length < path.length ? fromHere : path;
}

function taken(folder: string): Problem {
  return new Problem('not-possible', `Another logger has the folder ${folder}. Each needs one of its own.`);
}

/** Undefined if there is a socket already. */
function listenOn(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(path, () => resolve(server));
  });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => end(true));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => end(code !== 'ECONNREFUSED' && code !== 'ENOENT'));
  });
}
