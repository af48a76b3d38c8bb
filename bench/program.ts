import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { NeverError, until } from '../test/until.ts';

const START_MS = 30_000;
const CALL_MS = 900_000;

/** A program that was started for a measurement. */
export interface Program {
  readonly pid: number;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/** A program that is asked by messages, one question at a time. */
export interface AskedProgram extends Program {
  ask<T>(task: unknown): Promise<T>;
}

/** Starts one of bench/alternatives that listens on the port that is its first argument. */
export async function startServer(name: string, port: number, ...args: readonly string[]): Promise<Program> {
  const program = begin(fork(pathOf(name), [String(port), ...args]));
  await answers(`${name} on port ${port}`, port, program);
  return program;
}

/** Starts one of Trilog's own services on a port. */
export async function startService(name: string, port: number, env: NodeJS.ProcessEnv): Promise<Program> {
  const main = new URL(`../services/${name}/main.js`, import.meta.url);
  const program = begin(
    fork(main, [name], { env: { ...env, PORT: String(port) }, stdio: ['ignore', 'ignore', 2, 'ipc'] }),
  );
  await answers(`${name} on port ${port}`, port, program);
  return program;
}

/** Starts a command that listens on a port. */
export async function startCommand(command: string, args: readonly string[], port: number): Promise<Program> {
  const program = begin(spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] }));
  await answers(`${command} on port ${port}`, port, program);
  return program;
}

/** Starts one of bench/alternatives that is asked by messages. */
export async function startAsked(name: string, ...args: readonly string[]): Promise<AskedProgram> {
  const program = begin(fork(pathOf(name), ['-', ...args]));
  await once(program.child, 'message', { signal: AbortSignal.timeout(START_MS) });
  return {
    ...program,
    async ask(task) {
      const over = new AbortController();
      const signal = AbortSignal.any([over.signal, AbortSignal.timeout(CALL_MS)]);
      const answered = once(program.child, 'message', { signal });
      const ended = once(program.child, 'exit', { signal });
      program.child.send(task as object);
      try {
        const [answer] = await Promise.race([
          answered,
          ended.then(() => Promise.reject(new Error(`${name} has ended`))),
        ]);
        return answer;
      } finally {
        over.abort();
        await Promise.allSettled([answered, ended]);
      }
    },
  };
}

function pathOf(name: string): URL {
  return new URL(`./alternatives/${name}.js`, import.meta.url);
}

function begin(child: ChildProcess): Program {
  return {
    pid: Number(child.pid),
    child,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function answers(what: string, port: number, { child, stop }: Program): Promise<void> {
  try {
    await until(what, START_MS, async () => {
      if (child.exitCode !== null || child.signalCode !== null) throw new NeverError(`${what} ended`);
      await fetch(`http://127.0.0.1:${port}/`);
      return true;
    });
  } catch (error) {
    await stop();
    throw error;
  }
}
