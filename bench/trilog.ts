import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createMemberControl } from '../proof/chaos/system/member-control.ts';
import { isolatedEnvironment, ROOT, type Runtime } from '../test/launched.ts';
import { endWithThis } from '../test/script-end.ts';
import { NeverError, until } from '../test/until.ts';
import type { Processes } from './processes.ts';

/** A Trilog that was started by its own script, on ports of its own. */
export interface Trilog {
  readonly facadeUrl: string;
  readonly loggerUrls: readonly string[];
  readonly memberAddresses: readonly string[];
  readonly clusterName: string;
  readonly env: NodeJS.ProcessEnv;
  readonly members: Processes;
  readonly loggers: Processes;
  /** The facade, and what prints the lines of all services. */
  readonly front: Processes;
  stop(): Promise<void>;
}

const READY_MS = 300_000;

/** Starts a Trilog as its users do, but for its ports and `further` settings; its lines go to a file. */
export async function openTrilog(runtime: Runtime, further: NodeJS.ProcessEnv, logFile: string): Promise<Trilog> {
  const env: NodeJS.ProcessEnv = { ...(await isolatedEnvironment(runtime)), ...further };
  const base = Number(env.FACADE_PORT);
  const output = openSync(logFile, 'a');
  const child = spawn('bash', ['launch.sh'], { cwd: ROOT, env, stdio: ['ignore', output, output] });
  closeSync(output);
  endWithThis(child);
  const facadeUrl = `http://127.0.0.1:${base}/`;
  const loggerUrls = [1, 2, 3].map((n) => `http://127.0.0.1:${base + n}`);
  const stop = async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  try {
    await until(`a system is ready (${logFile} tells more)`, READY_MS, async () => {
      if (child.exitCode !== null || child.signalCode !== null) throw new NeverError('it ended');
      const answers = await Promise.all([facadeUrl, ...loggerUrls].map((url) => fetch(new URL('/health/ready', url))));
      return answers.every(({ ok }) => ok);
    });
    const memberControl = createMemberControl(runtime, env);
    const members = await named(['member-1', 'member-2', 'member-3'] as const, memberControl.pidOf);
    const pidAt = async (url: string) =>
      ((await (await fetch(new URL('/health/live', url))).json()) as { pid: number }).pid;
    const loggers = await named(['logger-1', 'logger-2', 'logger-3'] as const, (_name, n) =>
      pidAt(loggerUrls[n] as string),
    );
    const concurrently = Number(readFileSync(`${env.RUN_DIR}/services.pid`, 'utf8'));
    const front = { facade: await pidAt(facadeUrl), concurrently };
    return {
      facadeUrl,
      loggerUrls,
      memberAddresses: [1, 2, 3].map((n) => `127.0.0.1:${base + 4 + n}`),
      clusterName: env.HZ_CLUSTERNAME ?? 'message-database',
      env,
      members,
      loggers,
      front,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function named<Name extends string>(
  names: readonly Name[],
  pidOf: (name: Name, index: number) => Promise<number>,
): Promise<Processes> {
  return Object.fromEntries(await Promise.all(names.map(async (name, index) => [name, await pidOf(name, index)])));
}
